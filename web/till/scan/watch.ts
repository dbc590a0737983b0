import type { Decoder } from "./decoder.ts";

// Longer than this between two looks and a cashier notices; shorter and an old phone gets hot.
const PAUSE_MS = 50;
const MAX_SIDE = 1280;
// Where a phone is held before the camera its code fills the picture: a quarter of the pixels shows it, at a quarter
// of what drawing, copying and reading the whole picture takes on a slow device.
const GLANCE_SIDE = 640;

/** Looks at a playing video until it is stopped: one picture at a time, so that a slow decoder never piles them up. */
export function watch(
  video: HTMLVideoElement,
  decoder: Decoder,
  found: (text: string, at: number) => void,
): () => void {
  const glance = grabber(GLANCE_SIDE);
  const whole = grabber(MAX_SIDE);
  let running = true;
  let timer = 0;
  const read = async (grab: Grab, patience: number): Promise<string | null> => {
    const pixels = grab(video);
    return pixels && decoder.read(pixels, patience).catch(() => null);
  };
  const look = async (): Promise<void> => {
    const at = performance.now();
    const isBig = Math.max(video.videoWidth, video.videoHeight) > GLANCE_SIDE;
    const near = isBig ? await read(glance, 0) : null;
    if (!running) return;
    const text = near ?? (await read(whole, 1));
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

type Grab = (video: HTMLVideoElement) => ImageData | null;

/** Takes pictures of at most this side, on a canvas of its own. */
function grabber(maxSide: number): Grab {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    const { videoWidth, videoHeight } = video;
    if (!context || video.readyState < 2 || !videoWidth) return null;
    const scale = Math.min(1, maxSide / Math.max(videoWidth, videoHeight));
    const width = Math.round(videoWidth * scale);
    const height = Math.round(videoHeight * scale);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.drawImage(video, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  };
}
