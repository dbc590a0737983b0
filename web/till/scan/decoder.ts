import { scriptUrl } from "../../ui/trusted.ts";
import type { Answer, Frame } from "../worker.ts";

/** Something that finds a QR code in pixels, one picture at a time. */
export interface Decoder {
  /** Resolves when its code is there; never rejects. */
  readonly ready: Promise<void>;
  /** The text, or null when there is no code. `patience` multiplies the time allowed. */
  read(pixels: ImageData, patience?: number): Promise<string | null>;
}

/** In a worker where the browser starts one, else on the page's own thread with the same code. */
export function startDecoder(workerUrl: string | undefined): Decoder {
  if (!workerUrl) return { ready: Promise.resolve(), read: () => Promise.resolve(null) };
  const url = scriptUrl(workerUrl);
  if (typeof Worker === "undefined") return onThisThread(url);
  try {
    return inWorker(new Worker(url, { type: "module" }), url);
  } catch {
    return onThisThread(url);
  }
}

function inWorker(worker: Worker, url: string): Decoder {
  const waiting = new Map<number, (text: string | null) => void>();
  let fallback: Decoder | null = null;
  let count = 0;
  let begin: () => void;
  const ready = new Promise<void>((resolve) => (begin = resolve));
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    begin();
    waiting.get(data.id)?.(data.text);
    waiting.delete(data.id);
  });
  // An old browser without module workers, or a file that could not be loaded: go on here.
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    fallback = onThisThread(url);
    void fallback.ready.then(begin);
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  });
  return {
    ready,
    read(pixels, patience = 1) {
      if (fallback) return fallback.read(pixels, patience);
      const { width, height } = pixels;
      const frame: Frame = {
        id: ++count,
        pixels: pixels.data.buffer as ArrayBuffer,
        width,
        height,
        patience,
      };
      return new Promise((resolve) => {
        waiting.set(frame.id, resolve);
        worker.postMessage(frame, [frame.pixels]);
      });
    },
  };
}

function onThisThread(url: string): Decoder {
  const loading = (import(url) as Promise<typeof import("../worker.ts")>).then(({ Reader }) => new Reader());
  return {
    ready: loading.then(
      () => undefined,
      () => undefined,
    ),
    async read(pixels, patience = 1) {
      return (await loading).read(pixels.data, pixels.width, pixels.height, patience);
    },
  };
}
