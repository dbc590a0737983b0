import { decodeFrames, PREFIX, readFrame } from "../voucher/frames.ts";

/** Is this text one of the frames that a list or a journal is cut into (trust-v1 §7)? */
export function isFrame(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Collects the frames of one file, in any order. A frame of another file begins that one. */
export class Receiving {
  private texts = new Map<number, string>();
  private file = "";
  private whole = "";
  /** The file of the last frame, also while it is put together. */
  private current = "";
  private left = "";
  /** Frames that the file has; 0 before the first. */
  count = 0;

  /** Frames that are there. */
  get have(): number {
    return this.texts.size;
  }

  /**
   * Take a frame. Resolves with the file once it is whole, with "known" for a frame of the file that has just come.
   *
   * Rejects with VoucherError for what is no frame of it.
   */
  async take(text: string): Promise<Uint8Array | "more" | "known"> {
    const { index, count } = readFrame(text);
    const file = fileOf(text);
    if (file === this.whole) return "known"; // the poster goes on
    if (file !== this.file) this.texts = new Map();
    [this.file, this.current, this.count] = [file, file, count];
    this.texts.set(index, text);
    if (this.have < count) return "more";
    const texts = [...this.texts.values()];
    this.file = ""; // whole, or damaged: the next frame begins again
    const data = (await decodeFrames(texts))!;
    if (this.current === file) this.whole = file;
    return data;
  }

  /** Begin anew, also with the file that has just come. */
  forget(): void {
    this.left = this.current || this.left;
    this.texts = new Map();
    [this.file, this.whole, this.current, this.count] = ["", "", "", 0];
  }

  /** Is this a frame of the file that was under way, or had come, when it was last begun anew? */
  wasLeft(text: string): boolean {
    try {
      return fileOf(text) === this.left;
    } catch {
      return false; // half a frame is of no file
    }
  }
}

function fileOf(text: string): string {
  const { name, count } = readFrame(text);
  return `${name.join(" ")} ${count}`;
}
