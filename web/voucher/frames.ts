/** A trust list cut into QR frames for a shop without network: trust-v1 §7. */

import * as base45 from "./base45.ts";
import { compare, concat, equal, join, sha256 } from "./bytes.ts";
import { FRAME_CHUNK, MAX_FRAMES } from "./caps.ts";
import { malformed, VoucherError } from "./errors.ts";
import { isLonger } from "./shape.ts";

export const PREFIX = "CJT1:";
const HEAD = 6;
const MAX_TEXT = PREFIX.length + ((FRAME_CHUNK + HEAD) / 2) * 3;

/** One frame, read: `name` of its file, its place 0..count−1, its bytes. */
export interface Frame {
  readonly name: Uint8Array;
  readonly index: number;
  readonly count: number;
  readonly chunk: Uint8Array;
}

/** The texts of the frames of a file. Rejects with `too_big` (more than 64 frames of 600 bytes) or `malformed` (empty). */
export async function encodeFrames(file: Uint8Array): Promise<string[]> {
  const count = Math.ceil(file.length / FRAME_CHUNK);
  if (!count) throw malformed("empty file");
  if (count > MAX_FRAMES) throw new VoucherError("too_big", `${count} frames, at most ${MAX_FRAMES}`);
  const name = await nameOf(file);
  return Array.from({ length: count }, (_, i) => {
    const chunk = file.subarray(i * FRAME_CHUNK, (i + 1) * FRAME_CHUNK);
    return PREFIX + base45.encode(concat(name, [i, count], chunk));
  });
}

/**
 * The file once its frames are all there, in any order; null while some are missing.
 *
 * Rejects with `not_ours` or `malformed`: a text that is no frame, frames of two files, two contents for one place.
 */
export async function decodeFrames(texts: Iterable<string>): Promise<Uint8Array | null> {
  const chunks = new Map<number, Uint8Array>();
  let first: Frame | null = null;
  for (const text of texts) {
    const frame = readFrame(text);
    first ??= frame;
    const sameFile = equal(frame.name, first.name) && frame.count === first.count;
    if (!sameFile || compare(chunks.get(frame.index) ?? frame.chunk, frame.chunk)) {
      throw malformed("frames of different files");
    }
    chunks.set(frame.index, frame.chunk);
  }
  if (!first || chunks.size < first.count) return null;
  const file = join(Array.from({ length: first.count }, (_, i) => chunks.get(i)!));
  if (!equal(await nameOf(file), first.name)) throw malformed("frames: the file is damaged");
  return file;
}

/** One frame of a scanned text, so that a screen can say "3 of 7". Throws `not_ours` or `malformed`. */
export function readFrame(text: string): Frame {
  if (!text.startsWith(PREFIX) || isLonger(text, MAX_TEXT)) throw new VoucherError("not_ours", "not a frame");
  const data = base45.decode(text.slice(PREFIX.length));
  const [index = 0, count = 0] = data.subarray(4, HEAD);
  const chunk = data.slice(HEAD);
  if (!chunk.length || chunk.length > FRAME_CHUNK || index >= count || count > MAX_FRAMES) {
    throw malformed("frame: number");
  }
  return { name: data.slice(0, 4), index, count, chunk };
}

async function nameOf(file: Uint8Array): Promise<Uint8Array> {
  return (await sha256(file)).slice(0, 4);
}
