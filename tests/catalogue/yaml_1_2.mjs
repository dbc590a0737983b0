// Reads a JSON list of texts and says for each what YAML 1.2 with the core schema makes of it (npm `yaml`).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { parseDocument } = createRequire(new URL("../../web/package.json", import.meta.url))("yaml");

function told(value) {
  if (Array.isArray(value)) return ["list", value.map(told)];
  if (value instanceof Map) return ["map", [...value].map(([key, item]) => [told(key), told(item)])];
  if (typeof value === "bigint") return ["integer", String(value)];
  if (typeof value === "number") return ["float", String(value)];
  if (typeof value === "string") return ["text", value];
  return [value === null || value === undefined ? "null" : typeof value, value ?? null];
}

function read(text) {
  const document = parseDocument(text, { version: "1.2", schema: "core", intAsBigInt: true, logLevel: "silent" });
  if (document.errors.length > 0) return ["error", document.errors[0].message];
  if (document.contents === null) return ["empty", null];
  try {
    return told(document.toJS({ mapAsMap: true }));
  } catch (error) {
    return ["error", String(error)];
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
