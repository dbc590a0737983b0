/** Decodes pictures away from the page's thread, so that buttons and the picture stay alive on a slow phone. */
import { Reader } from "./scan/reader.ts";

/** Where no worker starts, the page imports this very file and reads with the same code. */
export { Reader };

export interface Frame {
  readonly id: number;
  readonly pixels: ArrayBuffer;
  readonly width: number;
  readonly height: number;
  readonly patience: number;
}
export interface Answer {
  readonly id: number;
  readonly text: string | null;
}
/** Said once, when the code is there: no frame has this number. */
export const READY = 0;

function answer(message: Answer): void {
  (self as unknown as { postMessage(answer: Answer): void }).postMessage(message);
}

if (typeof document === "undefined") {
  const reader = new Reader();
  self.addEventListener("message", ({ data }: MessageEvent<Frame>) => {
    const pixels = new Uint8ClampedArray(data.pixels);
    answer({ id: data.id, text: reader.read(pixels, data.width, data.height, data.patience) });
  });
  answer({ id: READY, text: null });
}
