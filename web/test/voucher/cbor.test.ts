import assert from "node:assert/strict";
import { test } from "node:test";

import { encode as oracleEncode, decode as oracleDecode } from "cborg";

import { equal, fromHex, toHex } from "../../voucher/bytes.ts";
import { dumps, loads, type Value } from "../../voucher/cbor.ts";

const HONEST: Value[] = [
  ...[0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1],
  ...[-1, -24, -25, -256, -257, -(2 ** 32), -(2 ** 53) + 1],
  ...["", "é", "\0", "\u{1f642}", "a".repeat(300)],
  ...[true, false, null, new Uint8Array(), new Uint8Array(300), [], [[1], ["a"]]],
  new Map<number | string, Value>([
    ["b", 1],
    ["aa", 2],
    [24, 3],
    [-1, new Map()],
    [0, []],
  ]),
];

test("what is written is read, by ours and by cborg", () => {
  for (const value of HONEST) {
    const data = dumps(value);
    assert.deepEqual(loads(data), value);
    assert.deepEqual(oracleDecode(data, { useMaps: true }), value);
  }
});

test("a byte order mark is a character like another, which cborg forgets", () => {
  const data = dumps("\ufeffa");
  assert.equal(toHex(data), "64efbbbf61");
  assert.equal(loads(data), "\ufeffa");
  assert.equal(oracleDecode(data), "a");
});

test("cborg writes the same bytes where its order of keys is ours", () => {
  for (const value of HONEST.filter((item) => !(item instanceof Map))) {
    assert.equal(equal(dumps(value), oracleEncode(value)), true);
  }
});

test("what cannot be read is not written", () => {
  const wrong = [
    1.5,
    NaN,
    2 ** 53,
    -(2 ** 53),
    "\ud800",
    undefined,
    {},
    new Map([[1.5, 1]]),
    new Map([["\udfff", 1]]),
  ];
  for (const value of wrong) assert.throws(() => dumps(value as Value), { code: "malformed" });
});

test("other forms of the same value are refused, which cborg takes", () => {
  for (const hex of ["1800", "9f00ff", "f93c00", "bf0000ff", "fb3ff0000000000000"]) {
    assert.doesNotThrow(() => oracleDecode(fromHex(hex), { useMaps: true }), hex);
    assert.throws(() => loads(fromHex(hex)), { code: "malformed" }, hex);
  }
});

test("a view into a larger buffer is read as what it shows", () => {
  const data = fromHex("ffff8301024103ffff").subarray(2, 7);
  const [, , bytes] = loads(data) as Value[];
  assert.equal(toHex(bytes as Uint8Array), "03");
  assert.equal((bytes as Uint8Array).buffer.byteLength, 1);
});

test("nothing nests without end", () => {
  for (let head = 0x80; head < 0x100; head++) {
    assert.throws(() => loads(new Uint8Array(100_000).fill(head)), { code: "malformed" });
  }
});

test("writes an array of any length: a call has room for about 100,000 arguments", () => {
  const rows = Array.from({ length: 200_000 }, (_, n) => n);
  const data = dumps([1, "partner", "till", rows]);
  assert.deepEqual(loads(data), [1, "partner", "till", rows]);
});
