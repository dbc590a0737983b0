import type { Engine, Rgba } from "./engine.ts";

interface Detector {
  detect(picture: ImageData): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

// A detector without its system service may never answer.
const PATIENCE_MS = 400;
const FIRST_PATIENCE_MS = 4000;
const KNOWN = "CJE1:OK $%*+-./09AZ";
/** The QR code (version 1, level L) of the text above, a row of 21 modules each. */
const KNOWN_ROWS = [
  0x1fdf7f, 0x105b41, 0x174e5d, 0x174b5d, 0x17535d, 0x105441, 0x1fd57f, 0x001c00, 0x1cdff3, 0x1ab81b,
  0x12f4cc, 0x0684bd, 0x19761b, 0x0013dd, 0x1fcc62, 0x105e9e, 0x174a12, 0x1742c8, 0x175217, 0x1057e1,
  0x1fd9c7,
]; // prettier-ignore
const MODULE = 8;
const QUIET = 4;

/**
 * The browser's own detector, once it has read a code that we know: on some devices it is there and finds nothing,
 * or answers with another text. Null when there is none to be trusted.
 */
export async function openNative(scope: object = globalThis): Promise<Engine | null> {
  const { BarcodeDetector } = scope as { BarcodeDetector?: DetectorClass };
  if (!BarcodeDetector) return null;
  try {
    if (!(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    const read = async (picture: Rgba, patience: number): Promise<string | undefined> => {
      const [found] = await within(patience, detector.detect(asImage(picture)));
      return found?.rawValue;
    };
    if ((await read(knownPicture(), FIRST_PATIENCE_MS)) !== KNOWN) return null;
    return {
      async read(picture) {
        const text = await read(picture, PATIENCE_MS);
        return text ? Uint8Array.from(text, (character) => Math.min(255, character.charCodeAt(0))) : null;
      },
    };
  } catch {
    return null;
  }
}

function asImage({ data, width, height }: Rgba): ImageData {
  return new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height);
}

/** The known code in black on white. */
export function knownPicture(): Rgba {
  const side = (KNOWN_ROWS.length + 2 * QUIET) * MODULE;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const row = KNOWN_ROWS[Math.floor(y / MODULE) - QUIET] ?? 0;
      const column = Math.floor(x / MODULE) - QUIET;
      const dark = column >= 0 && column < KNOWN_ROWS.length && (row >> (KNOWN_ROWS.length - 1 - column)) & 1;
      if (dark) data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return { data, width: side, height: side };
}

function within<T>(patience: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer")), patience);
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
