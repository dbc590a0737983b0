import type { Grey } from "./luma.ts";

/** A picture as the camera gives it: RGBA, row after row. */
export interface Rgba {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** A further way to read a QR code, which joins the first one when it is there. */
export interface Engine {
  /** The bytes of one QR code, or null. Rejects when it is broken: it is then asked no more. */
  read(picture: Rgba, grey: Grey): Promise<Uint8Array | null>;
}

// A QR of byte mode holds at most 2,953 bytes; ours are below 640 characters. Longer is somebody else's.
const MAX_TEXT = 4096;

/** Ours are pure ASCII. What is not becomes U+FFFD and is refused as foreign, whatever character set it claims. */
export function ascii(bytes: Uint8Array): string {
  const text = Array.from(bytes.subarray(0, MAX_TEXT), (byte) =>
    byte < 128 ? String.fromCharCode(byte) : "\ufffd",
  );
  return text.join("");
}
