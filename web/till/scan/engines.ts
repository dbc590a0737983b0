import type { Engine } from "./engine.ts";
import { openNative } from "./native.ts";
import { openZxing } from "./zxing.ts";

/** The engines that join the first decoder. Rejects when ZXing cannot start. */
export async function openEngines(module: WebAssembly.Module): Promise<Engine[]> {
  const [zxing, native] = await Promise.all([openZxing(module), openNative()]);
  return native ? [...zxing, native] : zxing;
}
