import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "../../voucher/bytes.ts";
import { indexEnd, isFile, locate, packName } from "../../wallet/core/pack.ts";

const OVERHEAD = 5 + 12 + 16;

function place(last: number): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, i) => (i === 7 ? last : i === 0 ? 0x6a : i));
}

function head(count: number): Uint8Array {
  const data = new Uint8Array(9);
  data.set(new TextEncoder().encode("CJEP1"));
  new DataView(data.buffer).setUint32(5, count);
  return data;
}

function entry(last: number, steps: number): Uint8Array {
  return concat(place(last).subarray(1, 8), [steps >> 8, steps & 255], [last, 2, 3]);
}

const INDEX = concat(head(3), entry(1, 2), entry(2, 300), entry(9, 1));

test("a pack's name is the first twelve bits of a place", () => {
  assert.equal(packName(place(1)), "w/packs/6a0.bin");
});

test("each card lies behind those before it", () => {
  const start = 9 + 3 * 12;
  assert.deepEqual(locate(INDEX, place(1))?.start, start);
  const second = locate(INDEX, place(2));
  assert.equal(second?.start, start + OVERHEAD + 2 * 1024);
  assert.equal(second?.end, second!.start + OVERHEAD + 300 * 1024);
  assert.equal(locate(INDEX, place(9))?.start, second?.end);
  assert.equal(locate(INDEX, place(3)), null);
  assert.deepEqual([...locate(INDEX, place(2))!.nonce], [2, 2, 3]);
});

test("what is no pack, or says that it has more cards than any, is refused", () => {
  for (const data of [
    new Uint8Array(0),
    head(1).subarray(0, 8),
    new TextEncoder().encode("<!doctype html>"),
  ]) {
    assert.throws(() => indexEnd(data), { code: "portal" });
  }
  assert.equal(indexEnd(head(16_384)), 9 + 16_384 * 12);
  assert.throws(() => indexEnd(head(16_385)), { code: "portal" });
  assert.throws(() => locate(INDEX.subarray(0, INDEX.length - 1), place(1)), { code: "network" });
});

test("another version of a file is not taken for it", () => {
  const found = locate(INDEX, place(9))!;
  const file = new Uint8Array(OVERHEAD + 1024);
  file.set(new TextEncoder().encode("CJEB1"));
  file.set([9, 2, 3], 5);
  assert.equal(isFile(file, found), true);
  assert.equal(isFile(file.subarray(1), found), false);
  assert.equal(
    isFile(
      Uint8Array.from(file, (byte, i) => (i === 6 ? byte + 1 : byte)),
      found,
    ),
    false,
  );
  assert.equal(
    isFile(
      Uint8Array.from(file, (byte, i) => (i === 0 ? 0 : byte)),
      found,
    ),
    false,
  );
});
