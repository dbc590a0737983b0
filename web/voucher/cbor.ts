/**
 * The project's one form of CBOR (RFC 8949 §4.2.1): integers, bytes, text, arrays, maps, booleans and null.
 *
 * Only bytes whose signature or seal holds come here (voucher-v1 §1.2). Nothing is decoded and compared afterwards:
 * a form other than the shortest, definite, sorted one cannot be read at all.
 */

import { compare, join } from "./bytes.ts";
import { MAX_DEPTH } from "./caps.ts";
import { malformed } from "./errors.ts";
import { head, readHead } from "./uint.ts";

export type Key = number | string;
export type Value = number | Uint8Array | string | boolean | null | Value[] | Map<Key, Value>;

const KEY_TYPES = [0, 1, 3]; // unsigned, negative, text
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }); // ignoreBOM: keep it, it is a character

/** Encode deterministically. Throws `malformed`: another type, an unsafe integer, half a surrogate pair, too deep. */
export function dumps(value: Value): Uint8Array {
  return encoded(value, MAX_DEPTH);
}

/** Decode bytes that are in their one form. Throws `malformed` for anything else, trailing bytes included. */
export function loads(data: Uint8Array): Value {
  const reader = new Reader(data);
  const value = reader.value(MAX_DEPTH);
  if (reader.at !== data.length) throw malformed("CBOR: trailing bytes");
  return value;
}

class Reader {
  at = 0;
  constructor(private readonly data: Uint8Array) {}

  value(depth: number): Value {
    if (depth === 0) throw malformed("CBOR: nested too deep");
    const first = this.data[this.at] ?? 0xff;
    if (first >= 0xf4 && first <= 0xf6) {
      this.at++;
      return first === 0xf6 ? null : first === 0xf5;
    }
    const { value: size, end } = readHead(this.data, this.at);
    this.at = end;
    switch (first >> 5) {
      case 0:
        return size;
      case 1:
        if (size === Number.MAX_SAFE_INTEGER) break;
        return -1 - size;
      case 2:
        return this.take(size).slice();
      case 3:
        return text(this.take(size));
      case 4:
        return this.array(size, depth - 1);
      case 5:
        return this.map(size, depth - 1);
    }
    throw malformed("CBOR: type");
  }

  private take(size: number): Uint8Array {
    const part = this.data.subarray(this.at, this.at + size);
    if (part.length !== size) throw malformed("CBOR: ends early");
    this.at += size;
    return part;
  }

  private array(size: number, depth: number): Value[] {
    const items: Value[] = [];
    while (items.length < size) items.push(this.value(depth));
    return items;
  }

  private map(size: number, depth: number): Map<Key, Value> {
    const items = new Map<Key, Value>();
    let last: Uint8Array | null = null;
    for (let i = 0; i < size; i++) {
      const start = this.at;
      // Looked at before it is read: a map as the key of a map as the key of a map would have no end.
      if (!KEY_TYPES.includes((this.data[start] ?? 0xff) >> 5)) throw malformed("CBOR: key of a map");
      const key = this.value(1) as Key;
      const encoded = this.data.subarray(start, this.at);
      if (last && compare(last, encoded) >= 0) throw malformed("CBOR: keys of a map");
      last = encoded;
      items.set(key, this.value(depth));
    }
    return items;
  }
}

function text(data: Uint8Array): string {
  try {
    return utf8.decode(data);
  } catch {
    throw malformed("CBOR: text is not UTF-8");
  }
}

function encoded(value: Value, depth: number): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, depth, parts);
  return join(parts);
}

/** Append the parts of a value. They are pushed one by one: a call has room for about 100,000 arguments. */
function write(value: Value, depth: number, parts: Uint8Array[]): void {
  if (depth === 0) throw malformed("CBOR: nested too deep");
  if (value === null || typeof value === "boolean")
    parts.push(Uint8Array.of(value === null ? 0xf6 : value ? 0xf5 : 0xf4));
  else if (typeof value === "number") parts.push(value < 0 ? negative(value) : head(0, value));
  else if (typeof value === "string") writeText(value, parts);
  else if (value instanceof Uint8Array) parts.push(head(2, value.length), value);
  else if (Array.isArray(value)) {
    parts.push(head(4, value.length));
    for (const item of value) write(item, depth - 1, parts);
  } else if (value instanceof Map) writeMap(value, depth - 1, parts);
  else throw malformed("CBOR: type");
}

function negative(value: number): Uint8Array {
  if (value < -Number.MAX_SAFE_INTEGER) throw malformed("CBOR: integer beyond 2^53");
  return head(1, -1 - value);
}

function writeText(value: string, parts: Uint8Array[]): void {
  if (/[\ud800-\udfff]/u.test(value)) throw malformed("CBOR: half of a surrogate pair");
  const data = new TextEncoder().encode(value);
  parts.push(head(3, data.length), data);
}

function writeMap(value: Map<Key, Value>, depth: number, parts: Uint8Array[]): void {
  const rows = Array.from(value, ([key, item]) => ({ key: encoded(key, 1), item }));
  rows.sort((a, b) => compare(a.key, b.key));
  parts.push(head(5, rows.length));
  for (const row of rows) {
    parts.push(row.key);
    write(row.item, depth, parts);
  }
}
