/** Reading the fields of a decoded CBOR map: each with its type and bounds, none missing, none unknown. */

import type { Value } from "./cbor.ts";
import { malformed, VoucherError } from "./errors.ts";

/** The keys `1..last`, all of them, of a map; it may hold those after `last` up to `most` too. */
export class Fields {
  private readonly map: Map<number | string, Value>;

  /** Throws `malformed` (not a map, or a key is missing) or `update_app` (all are there, and others besides). */
  constructor(value: Value, last: number, most = last) {
    if (!(value instanceof Map)) throw malformed("fields missing");
    for (let key = 1; key <= last; key++) if (!value.has(key)) throw malformed("fields missing");
    for (const key of value.keys()) {
      const known = typeof key === "number" && key >= 1 && key <= most;
      if (!known) throw new VoucherError("update_app", "fields of a newer version");
    }
    this.map = value;
  }

  has(key: number): boolean {
    return this.map.has(key);
  }

  integer(key: number, low: number, high: number): number {
    return integer(this.get(key), low, high);
  }

  boolean(key: number): boolean {
    const value = this.get(key);
    if (typeof value !== "boolean") throw malformed(`field ${key}: boolean`);
    return value;
  }

  text(key: number, low: number, high: number): string {
    const value = this.get(key);
    if (typeof value !== "string" || !within(characters(value), low, high))
      throw malformed(`field ${key}: text`);
    return value;
  }

  /** A word of a closed list. Throws `update_app`: text that is not in it is a newer version's. */
  oneOf<T extends string>(key: number, allowed: readonly T[]): T {
    const value = this.get(key);
    if (typeof value !== "string") throw malformed(`field ${key}: text`);
    const found = allowed.find((item) => item === value);
    if (found === undefined) throw new VoucherError("update_app", `field ${key}: a value of a newer version`);
    return found;
  }

  /** A name in an address: lower-case ASCII words with hyphens between, 1..60 characters. */
  slug(key: number): string {
    const value = this.text(key, 1, 60);
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(value)) throw malformed(`field ${key}: slug`);
    return value;
  }

  data(key: number, low: number, high: number): Uint8Array {
    const value = this.get(key);
    if (!(value instanceof Uint8Array) || !within(value.length, low, high))
      throw malformed(`field ${key}: bytes`);
    return value;
  }

  optionalText(key: number, high: number): string | null {
    return this.get(key) === null ? null : this.text(key, 0, high);
  }

  optionalData(key: number, high: number): Uint8Array | null {
    return this.get(key) === null ? null : this.data(key, 1, high);
  }

  optionalInteger(key: number, low: number, high: number): number | null {
    return this.get(key) === null ? null : this.integer(key, low, high);
  }

  items(key: number): Value[] {
    const value = this.get(key);
    if (!Array.isArray(value)) throw malformed(`field ${key}: list`);
    return value;
  }

  texts(key: number): string[] {
    return listOf(this.items(key), (item): item is string => typeof item === "string");
  }

  integers(key: number): number[] {
    return listOf(this.items(key), (item): item is number => typeof item === "number");
  }

  datas(key: number): Uint8Array[] {
    return listOf(this.items(key), (item): item is Uint8Array => item instanceof Uint8Array);
  }

  private get(key: number): Value {
    return this.map.get(key)!;
  }
}

/** An integer in bounds, or `malformed`. */
export function integer(value: Value | undefined, low: number, high: number): number {
  if (typeof value !== "number" || !within(value, low, high)) throw malformed(`integer ${low}..${high}`);
  return value;
}

/** Unicode code points, as Python counts them; JavaScript's `length` counts UTF-16 units. */
export function characters(text: string): number {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, "_").length;
}

/** Tell whether a text has more than `cap` characters; one over twice that need not be counted. */
export function isLonger(text: string, cap: number): boolean {
  return text.length > 2 * cap || characters(text) > cap;
}

/** Tell whether each is smaller than the next. */
export function rising<T>(items: readonly T[], order: (a: T, b: T) => number): boolean {
  return items.every((item, i) => i === 0 || order(items[i - 1]!, item) < 0);
}

function within(value: number, low: number, high: number): boolean {
  return low <= value && value <= high;
}

function listOf<T extends Value>(items: Value[], is: (item: Value) => item is T): T[] {
  if (!items.every(is)) throw malformed("list of another type");
  return items as T[];
}
