import type { Decoder } from "./decoder.ts";

// Longer than this between two looks and a cashier notices; shorter and an old phone gets hot.
const PAUSE_MS = 50;
const MAX_SIDE = 1280;

/** Looks at a playing video until it is stopped: one picture at a time, so that a slow decoder never piles them up. */
export function watch(
  video: HTMLVideoElement,
  decoder: Decoder,
  found: (text: string, at: number) => void,
): () => void {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let running = true;
  let timer = 0;
  const look = async (): Promise<void> => {
    const at = performance.now();
    const pixels = context && grab(video, canvas, context);
    const text = pixels && (await decoder.read(pixels).catch(() => null));
    if (!running) return;
    if (text) found(text, at);
    timer = window.setTimeout(look, PAUSE_MS);
  };
  void look();
  return () => {
    running = false;
    clearTimeout(timer);
  };
}

function grab(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
): ImageData | null {
  const { videoWidth, videoHeight } = video;
  if (video.readyState < 2 || !videoWidth) return null;
  const scale = Math.min(1, MAX_SIDE / Math.max(videoWidth, videoHeight));
  const width = Math.round(videoWidth * scale);
  const height = Math.round(videoHeight * scale);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.drawImage(video, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
