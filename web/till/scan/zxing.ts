import { prepareZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader";
import type { Engine } from "./engine.ts";
import { type Grey, resize, sharpen } from "./luma.ts";

const OPTIONS: ReaderOptions = {
  formats: ["QRCode"],
  maxNumberOfSymbols: 1,
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
};

/**
 * ZXing-C++ in its three looks: at the picture as it is, twice as big (a code held far away), and smoothed and
 * sharpened (a dark shop). Chosen on 120 pictures of `bench/corpus.py` that are not among those it counts.
 *
 * On a module that the page has compiled: the policy of the page allows that, the worker's own does not and need not.
 * Rejects when it cannot start.
 */
export async function openZxing(module: WebAssembly.Module): Promise<Engine[]> {
  const instantiateWasm = (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object => {
    // At once: an error then rejects the start, where a later one would leave it waiting for ever.
    done(new WebAssembly.Instance(module, imports), module);
    return {};
  };
  await prepareZXingModule({ overrides: { instantiateWasm }, fireImmediately: true });
  return [
    { read: (_, grey) => find(grey) },
    { read: (_, grey) => find(resize(grey, 2)) },
    { read: (_, grey) => find(sharpen(grey)) },
  ];
}

async function find({ data, width, height }: Grey): Promise<Uint8Array | null> {
  // As a PGM file: a grey picture would otherwise have to be made RGBA, and grey again.
  const head = new TextEncoder().encode(`P5 ${width} ${height} 255\n`);
  const file = new Uint8Array(head.length + data.length);
  file.set(head);
  file.set(data, head.length);
  const [found] = await readBarcodes(file, OPTIONS);
  return found?.isValid ? found.bytes : null;
}
