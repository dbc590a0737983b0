// Bundles what runs in the browser into site_builder/assets/. Same sources, same bytes.
//
//   node build.mjs            build everything, print sizes
//   node build.mjs --quiet    only speak when something is wrong
//
// Entry files keep plain names here (site.js, wallet.css…): site_builder hashes them when it writes pages.
// Lazy chunks are imported by name from inside other files, so their hash is put in the name here.
import { build } from "esbuild";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../site_builder/assets/", import.meta.url));
const quiet = process.argv.includes("--quiet");

/**
 * Output name → source, by app. Each app is split on its own: they are cached apart, and code shared between
 * them would only cut each into more and smaller files. `<app>-worker` is handed to its page as data-worker.
 */
const APPS = [
  { site: "site/main.ts" },
  { wallet: "wallet/main.tsx" },
  { till: "till/main.tsx" },
  { "till-worker": "till/scan/worker.ts" },
];
const STYLES = { ui: "ui/base.css", site: "site/main.css", wallet: "wallet/main.css", till: "till/main.css" };

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  write: false,
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  outdir: out,
  jsx: "automatic",
  jsxImportSource: "preact",
};

/** A stylesheet that code imports comes as text: `till/css/append.ts` adds it to the page when its screens arrive. */
const styleText = {
  name: "style-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build({ ...common, entryPoints: [path] });
      return { contents: outputFiles[0].text.trim(), loader: "text" };
    });
  },
};

/** The library would fetch its WebAssembly from a public mirror: the till hands it over, so the address goes. */
const noMirror = {
  name: "no-mirror",
  setup({ onLoad }) {
    onLoad({ filter: /zxing-wasm.dist.es.share\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source.replace(/`https:[^`]*`/, "e");
      if (contents === source || contents.includes("https:")) throw new Error(`${path}: another mirror`);
      return { contents, loader: "js" };
    });
  },
};

/**
 * esbuild makes one chunk for each combination of entries that use a file. Each part of the wallet that loads later
 * therefore imports the first screen: what it shares with the others comes as one chunk instead of nineteen.
 */
const oneShell = {
  name: "one-shell",
  setup({ onLoad }) {
    const folder = join(here, "wallet");
    const shell = join(folder, "app.tsx");
    const sources = readdirSync(folder, { recursive: true }).filter((name) => /\.tsx?$/.test(name));
    const lazy = new Set(sources.flatMap((name) => loadedLater(join(folder, name))));
    onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
      if (!lazy.has(path)) return;
      const contents = `import ${JSON.stringify(shell)};\n${readFileSync(path, "utf8")}`;
      return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
    });
  },
};

/** The files that a source imports lazily. */
function loadedLater(path) {
  const calls = readFileSync(path, "utf8").matchAll(/\bimport\(\s*"(\.[^"]+)"/g);
  return [...calls].map(([, target]) => join(dirname(path), target));
}

/** The two blocks of custom properties of cje/tokens.css, for the builder's contrast check. */
function tokens() {
  const css = readFileSync(join(here, "../cje/tokens.css"), "utf8").replace(/\/\*[^]*?\*\//g, "");
  const [light, dark] = [...css.matchAll(/:root\s*\{([^}]*)\}/g)].map(([, body]) =>
    Object.fromEntries([...body.matchAll(/--([a-z0-9-]+):\s*([^;]+);/g)].map(([, k, v]) => [k, v.trim()])),
  );
  if (!light || !dark) throw new Error("cje/tokens.css must hold a light and a dark :root block");
  return JSON.stringify({ light, dark }, null, 1) + "\n";
}

const [styles, worker, ...scripts] = await Promise.all([
  build({ ...common, entryPoints: STYLES }),
  build({ ...common, entryPoints: { sw: "sw.ts", "sw-off": "sw-off.ts" }, format: "iife" }),
  ...APPS.map((entryPoints) =>
    build({
      ...common,
      entryPoints,
      format: "esm",
      splitting: true,
      metafile: true,
      chunkNames: "[name]-[hash]",
      assetNames: "[name]-[hash]",
      loader: { ".wasm": "file" },
      plugins: [styleText, noMirror, oneShell],
    }),
  ),
]);

/**
 * Modules of which nothing is left when bundled still make a chunk of no bytes, which a phone would fetch and keep:
 * it goes, and so do the statements that import it.
 */
const text = new TextDecoder();
const blank = scripts
  .flatMap(({ outputFiles }) => outputFiles)
  .filter(({ path, contents }) => path.endsWith(".js") && !text.decode(contents).trim())
  .map(({ path }) => basename(path));

function withoutBlank(contents) {
  const source = text.decode(contents);
  const left = blank.reduce((code, name) => code.replaceAll(`import"./${name}";`, ""), source);
  const named = blank.find((name) => left.includes(name));
  if (named) throw new Error(`${named} is empty, and used otherwise than by a plain import`);
  return left === source ? contents : Buffer.from(left);
}

/** Orders texts by their UTF-16 code units. */
const inOrder = (a, b) => (a < b ? -1 : Number(a > b));

/** Output → what it imports at once and what lazily: site_builder preloads the first, precaches both. */
function imports() {
  const pairs = scripts
    .flatMap(({ metafile }) => Object.entries(metafile.outputs))
    .filter(([path]) => !blank.includes(basename(path)))
    .map(([path, { imports }]) => {
      const own = imports.filter(({ external }) => !external);
      const names = (list) =>
        [...new Set(list.map(({ path }) => basename(path)))]
          .filter((name) => !blank.includes(name))
          .sort(inOrder);
      const now = own.filter(({ kind }) => kind === "import-statement");
      return [basename(path), { now: names(now), later: names(own.filter((one) => !now.includes(one))) }];
    });
  return JSON.stringify(Object.fromEntries(pairs.sort(([a], [b]) => inOrder(a, b))), null, 1) + "\n";
}

mkdirSync(out, { recursive: true });
const files = [styles, worker, ...scripts]
  .flatMap(({ outputFiles }) => outputFiles)
  .map(({ path, contents }) => ({ name: basename(path), contents }))
  .filter(({ name }) => !blank.includes(name))
  .map(({ name, contents }) => ({ name, bytes: name.endsWith(".js") ? withoutBlank(contents) : contents }));
files.push({ name: "tokens.json", bytes: Buffer.from(tokens()) });
files.push({ name: "imports.json", bytes: Buffer.from(imports()) });

for (const { name, bytes } of files) {
  const path = join(out, name);
  // A builder may be reading this folder: unchanged files are left alone, changed ones replaced in one step.
  if (existsSync(path) && readFileSync(path).equals(bytes)) continue;
  const draft = join(out, `.${name}.${process.pid}`);
  writeFileSync(draft, bytes);
  renameSync(draft, path);
}
const kept = new Set(files.map(({ name }) => name));
// Dot files are a make's own marks, or drafts of another build that runs now.
for (const name of readdirSync(out))
  if (!kept.has(name) && !name.startsWith(".")) rmSync(join(out, name), { recursive: true });

if (!quiet) {
  for (const { name, bytes } of files.sort((a, b) => inOrder(a.name, b.name))) {
    const gzip = gzipSync(bytes, { level: 9 }).length;
    console.log(
      `${name.padEnd(28)} ${String(bytes.length).padStart(8)} B ${String(gzip).padStart(7)} B gzip`,
    );
  }
}
