/** Decodes pictures away from the page's thread, so that buttons and the picture stay alive on a slow phone. */
import { Reader } from "./reader.ts";

/** Where no worker starts, the page imports this very file and reads with the same code. */
export { join, Reader };

export interface Frame {
  readonly id: number;
  readonly pixels: ArrayBuffer;
  readonly width: number;
  readonly height: number;
  readonly patience: number;
}
/** The second decoder's code, compiled by the page. */
export interface Join {
  readonly module: WebAssembly.Module;
}
export interface Answer {
  readonly id: number;
  readonly text: string | null;
}
/** Said once, when the code is there: no frame has this number. */
export const READY = 0;
/** Said once, when the second decoder helps. */
export const JOINED = -1;

function answer(message: Answer): void {
  postMessage(message);
}

/** Let the second decoder help, and the browser's own where it has one. Rejects when the second cannot start. */
async function join(reader: Reader, module: WebAssembly.Module): Promise<void> {
  const { openEngines } = await import("./engines.ts");
  for (const engine of await openEngines(module)) reader.join(engine);
}

if (!("document" in self)) {
  const reader = new Reader();
  addEventListener("message", ({ data }: MessageEvent<Frame | Join>) => {
    if ("module" in data) {
      join(reader, data.module).then(
        () => answer({ id: JOINED, text: null }),
        () => undefined, // the first decoder goes on alone
      );
      return;
    }
    const { id, pixels, width, height, patience } = data;
    reader.read({ data: new Uint8ClampedArray(pixels), width, height }, patience).then(
      (text) => answer({ id, text }),
      () => answer({ id, text: null }),
    );
  });
  answer({ id: READY, text: null });
}
