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
    const { name, index, count } = readFrame(text);
    const file = `${name.join(" ")} ${count}`;
    if (file === this.whole) return "known"; // the poster goes on
    if (file !== this.file) this.texts = new Map();
    [this.file, this.count] = [file, count];
    this.texts.set(index, text);
    if (this.have < count) return "more";
    const texts = [...this.texts.values()];
    this.file = ""; // whole, or damaged: the next frame begins again
    const data = (await decodeFrames(texts))!;
    this.whole = file;
    return data;
  }

  /** Begin anew, also with the file that has just come. */
  forget(): void {
    this.texts = new Map();
    [this.file, this.whole, this.count] = ["", "", 0];
  }
}
