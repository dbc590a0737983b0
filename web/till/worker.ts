/** Decodes pictures away from the page's thread, so that buttons and the picture stay alive on a slow phone. */
import { Reader } from "./scan/reader.ts";

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

const reader = new Reader();
self.addEventListener("message", ({ data }: MessageEvent<Frame>) => {
  const pixels = new Uint8ClampedArray(data.pixels);
  const text = reader.read(pixels, data.width, data.height, data.patience);
  (self as unknown as { postMessage(answer: Answer): void }).postMessage({ id: data.id, text });
});
