import { prepareZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader";
import type { Engine } from "./engine.ts";

const OPTIONS: ReaderOptions = {
  formats: ["QRCode"],
  maxNumberOfSymbols: 1,
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  tryDenoise: true,
};

/**
 * ZXing-C++ on a module that the page has compiled: the policy of the page allows that, the worker's own does not
 * and need not. Rejects when it cannot start.
 */
export async function openZxing(module: WebAssembly.Module): Promise<Engine> {
  const instantiateWasm = (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object => {
    // At once: an error then rejects the start, where a later one would leave it waiting for ever.
    done(new WebAssembly.Instance(module, imports), module);
    return {};
  };
  await prepareZXingModule({ overrides: { instantiateWasm }, fireImmediately: true });
  return {
    async read(picture) {
      const [found] = await readBarcodes(picture as ImageData, OPTIONS);
      return found?.isValid ? found.bytes : null;
    },
  };
}
