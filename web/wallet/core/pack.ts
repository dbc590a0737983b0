/** A pack: many cards' files in one, and where each of them is (bundle-v1 §3.4). */

import { equal, latin1, toHex } from "../../voucher/bytes.ts";
import { WalletError } from "./errors.ts";

const HEAD = 9;
const ENTRY = 12;
const STEP = 1024;
// Magic, nonce and tag of the seal around its steps (bundle-v1 §3.2).
const OVERHEAD = 5 + 12 + 16;
const MAX_CARDS = 16_384;

export interface Found {
  readonly start: number;
  readonly end: number;
  /** Of this version of the file: another one may stand there by the time its range is asked for. */
  readonly nonce: Uint8Array;
}

/** The pack's address below the site: `w/packs/6a0.bin`. */
export function packName(place: Uint8Array): string {
  return `w/packs/${toHex(place).slice(0, 3)}.bin`;
}

/**
 * How many bytes head and index take.
 *
 * @throws WalletError `portal`: this is no pack.
 */
export function indexEnd(start: Uint8Array): number {
  if (start.length < HEAD || latin1(start.subarray(0, 5)) !== "CJEP1") {
    throw new WalletError("portal");
  }
  const count = view(start).getUint32(5);
  if (count > MAX_CARDS) throw new WalletError("portal");
  return HEAD + count * ENTRY;
}

/** Where the file of a place is; null when the pack has none. `index` reaches to `indexEnd` at least. */
export function locate(index: Uint8Array, place: Uint8Array): Found | null {
  const last = indexEnd(index);
  if (index.length < last) throw new WalletError("network");
  const name = place.subarray(1, 8);
  for (let at = HEAD, start = last; at < last; at += ENTRY) {
    const end = start + OVERHEAD + view(index).getUint16(at + 7) * STEP;
    if (equal(index.subarray(at, at + 7), name))
      return { start, end, nonce: index.slice(at + 9, at + ENTRY) };
    start = end;
  }
  return null;
}

/** Whether these bytes are the file that the index spoke of. */
export function isFile(file: Uint8Array, found: Found): boolean {
  return (
    file.length === found.end - found.start &&
    latin1(file.subarray(0, 5)) === "CJEB1" &&
    equal(file.subarray(5, 8), found.nonce)
  );
}

function view(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}
