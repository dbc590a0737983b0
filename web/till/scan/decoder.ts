import { scriptUrl } from "../../ui/trusted.ts";
import type { Answer, Frame, Join } from "./worker.ts";

// What worker.ts calls it; importing a value from there would bring its code into the page.
const JOINED: typeof import("./worker.ts").JOINED = -1;

/** Something that finds a QR code in pixels, one picture at a time. */
export interface Decoder {
  /** Resolves when its code is there; never rejects. */
  readonly ready: Promise<void>;
  /** The text, or null when there is no code. `patience` multiplies the time allowed; at 0 it is one glance. */
  read(pixels: ImageData, patience?: number): Promise<string | null>;
  /** Have the second decoder help. Resolves true once it does, false when it cannot: the first goes on alone. */
  join(module: WebAssembly.Module): Promise<boolean>;
}

/** In a worker where the browser starts one, else on the page's own thread with the same code. */
export function startDecoder(workerUrl: string | undefined): Decoder {
  if (!workerUrl) {
    const none = { ready: Promise.resolve(), read: () => Promise.resolve(null) };
    return { ...none, join: () => Promise.resolve(false) };
  }
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
  let joined: (does: boolean) => void = () => undefined;
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    begin();
    if (data.id === JOINED) joined(true);
    waiting.get(data.id)?.(data.text);
    waiting.delete(data.id);
  });
  // An old browser without module workers, or a file that could not be loaded: go on here.
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    fallback = onThisThread(url);
    void fallback.ready.then(begin);
    joined(false);
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
    join(module) {
      if (fallback) return fallback.join(module);
      return new Promise((resolve) => {
        joined = resolve;
        worker.postMessage({ module } satisfies Join);
      });
    },
  };
}

function onThisThread(url: string): Decoder {
  const loading = (import(url) as Promise<typeof import("./worker.ts")>).then((code) => ({
    reader: new code.Reader(),
    code,
  }));
  return {
    ready: loading.then(
      () => undefined,
      () => undefined,
    ),
    async read(pixels, patience = 1) {
      return (await loading).reader.read(pixels, patience);
    },
    async join(module) {
      const { reader, code } = await loading;
      return code.join(reader, module).then(
        () => true,
        () => false,
      );
    },
  };
}
