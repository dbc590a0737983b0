/** CBOR's unsigned integers below 2^32 in their shortest form (RFC 8949 §3 and §4.2.1). */

import { malformed } from "./errors.ts";

/** Encode 0..2^32−1. Throws `malformed` outside that range. */
export function encode(value: number): Uint8Array {
  return head(0, value, 4);
}

/** Read one integer from the front of `data`: [value, rest]. Throws `malformed` for any other or longer form. */
export function decode(data: Uint8Array): [number, Uint8Array] {
  const { value, end } = readHead(data, 0, 4);
  if (data[0]! >> 5 !== 0) throw malformed("integer: another type");
  return [value, data.subarray(end)];
}

/** The head of a CBOR item: major type 0..7 and its argument, in `width` bytes at most (4 or 8). */
export function head(major: number, value: number, width = 8): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw malformed("integer: out of range");
  const type = major << 5;
  if (value < 24) return Uint8Array.of(type | value);
  for (const [info, size] of [
    [24, 1],
    [25, 2],
    [26, 4],
    [27, 8],
  ] as const) {
    if (size > width || value >= 256 ** size) continue;
    const out = new Uint8Array(1 + size).fill(0);
    out[0] = type | info;
    for (let i = size, rest = value; i > 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
    return out;
  }
  throw malformed("integer: out of range");
}

/** Read a head in its shortest form at `at`: its argument, and where it ends. Values beyond 2^53−1 are refused. */
export function readHead(data: Uint8Array, at: number, width = 8): { value: number; end: number } {
  const info = (data[at] ?? 31) & 31;
  if (info < 24) return { value: info, end: at + 1 };
  const size = info < 28 ? 1 << (info - 24) : 0;
  const end = at + 1 + size;
  let value = 0;
  for (let i = at + 1; i < end; i++) value = value * 256 + (data[i] ?? NaN);
  const least = size === 1 ? 24 : 256 ** (size / 2);
  if (!size || size > width || !(value >= least) || value > Number.MAX_SAFE_INTEGER) {
    throw malformed("integer: not in its shortest form");
  }
  return { value, end };
}
