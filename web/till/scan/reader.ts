import { _QRScanner as Scanner } from "qr/decode.js";
import { type Grey, fromRgba, resize, stretch } from "./luma.ts";

// The camera picture is drawn at most this wide; 64 MiB of arena would be the library's own limit.
export const MAX_SIDE = 1280;
// What one frame may cost on the shop's own phone before the next, fresher one is more useful.
const FRAME_BUDGET_MS = 120;
// A QR of byte mode holds at most 2,953 bytes; ours are below 640 characters. Longer is somebody else's.
const MAX_TEXT = 4096;

interface Attempt {
  /** Length of the shorter side that the decoder sees. */
  readonly side: number;
  readonly stretched: boolean;
}
// Chosen greedily on 80 pictures of version 10 at 220 to 600 pixels: each finds what those before did not.
// The small one costs 8 ms and reads what fills the frame; growing the picture reads codes held far away.
const ATTEMPTS: readonly Attempt[] = [
  { side: 480, stretched: true },
  { side: 960, stretched: true },
  { side: 1080, stretched: false },
  { side: 600, stretched: false },
  { side: 720, stretched: true },
];

/** Reads QR codes from pictures. One per thread: it keeps its working memory. */
export class Reader {
  private scanner: Scanner | null = null;
  private turn = 0;

  /**
   * The text of one QR code in an RGBA picture, or null. Bounded: tries further scales only within the budget.
   *
   * @param patience multiplies the budget; a photo that a person chose may take longer than a camera frame.
   */
  read(rgba: Uint8ClampedArray, width: number, height: number, patience = 1): string | null {
    const end = performance.now() + FRAME_BUDGET_MS * patience;
    const raw = fromRgba(rgba, width, height);
    const stretched = stretch(raw);
    for (let i = 0; i < ATTEMPTS.length; i++) {
      // The first attempt always comes first; a slow phone reaches the others in turn, frame after frame.
      const attempt = ATTEMPTS[i && 1 + ((i - 1 + this.turn) % (ATTEMPTS.length - 1))]!;
      const text = this.decode(scaled(attempt.stretched ? stretched : raw, attempt.side));
      if (text !== null) return text;
      if (performance.now() > end) {
        this.turn += i;
        return null;
      }
    }
    return null;
  }

  private decode({ data, width, height }: Grey): string | null {
    const scanner = this.arena(width, height);
    scanner.addImage({ data, width, height }, "I420");
    try {
      const [result] = scanner.decode();
      return typeof result === "string" ? result.slice(0, MAX_TEXT) : null;
    } catch {
      // A crafted code may make the library throw; to a till that is a picture without a code.
      return null;
    } finally {
      scanner.clean();
    }
  }

  private arena(width: number, height: number): Scanner {
    const size = this.scanner?.opts.maxSize;
    if (!this.scanner || !size || width > size.width || height > size.height) {
      this.scanner = new Scanner({
        maxSize: { width: Math.max(width, size?.width ?? 0), height: Math.max(height, size?.height ?? 0) },
        textDecoder: ascii,
        effort: 4,
        timeLimit: 24,
      });
    }
    return this.scanner;
  }
}

function scaled(picture: Grey, side: number): Grey {
  const factor = side / Math.min(picture.width, picture.height);
  return Math.abs(factor - 1) < 0.1 ? picture : resize(picture, factor);
}

/** Ours are pure ASCII. What is not becomes U+FFFD and is refused as foreign, whatever character set it claims. */
function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : "\ufffd")).join("");
}
