// Validate built pages and catalogues with programs that are not ours: html-validate, and Ajv that comes with it.
//
//   node validate.mjs SCHEMA CATALOGUE… -- PAGE…      prints one line a fault; exit 1 when there is one
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { HtmlValidate, StaticConfigLoader } = require("html-validate");
const Ajv = require("ajv/dist/2020");

const told = process.argv.slice(2);
const cut = told.indexOf("--");
const [schema, ...catalogues] = told.slice(0, cut);
const faults = [];

const valid = new Ajv({ allErrors: true, strict: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(schema, "utf8")),
);
for (const path of catalogues) {
  if (!valid(JSON.parse(readFileSync(path, "utf8"))))
    faults.push(...valid.errors.map((one) => `${path}: ${one.instancePath} ${one.message}`));
}

const pages = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:recommended", "html-validate:document"],
    rules: {
      // A matter of taste.
      "doctype-style": "off",
      // Files of our own origin carry their hash in their name, and the policy allows no other origin.
      "require-sri": ["error", { target: "crossorigin" }],
      // Safari takes a list without bullets for no list, unless its role is written.
      "no-redundant-role": "off",
      "prefer-native-element": "off",
    },
  }),
);
for (const path of told.slice(cut + 1)) {
  const { results } = await pages.validateFile(path);
  for (const { messages } of results)
    faults.push(...messages.map((one) => `${path}:${one.line}: ${one.ruleId} ${one.message}`));
}

for (const fault of faults) console.log(fault);
process.exitCode = faults.length ? 1 : 0;
