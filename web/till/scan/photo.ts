import type { Decoder } from "./decoder.ts";

const MAX_PHOTO_SIDE = 2400;
const PHOTO_PATIENCE = 20;

/** The text in a picture file, or null without a code. Rejects when the file is no picture. */
export async function readPhoto(file: Blob, decoder: Decoder): Promise<string | null> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, MAX_PHOTO_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return decoder.read(context.getImageData(0, 0, canvas.width, canvas.height), PHOTO_PATIENCE);
}
