/** Codes of a list or a journal, as a camera sees them: in any order, twice, mixed with another file's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isFrame, Receiving } from "../../till/receiving.ts";
import { encodeFrames } from "../../voucher/frames.ts";

const file = Uint8Array.from({ length: 1500 }, (_, i) => i % 251);
const other = file.slice(0, 900);

test("takes codes in any order and twice, and hands on the file once", async () => {
  const [a, b, c] = await encodeFrames(file);
  const receiving = new Receiving();
  for (const text of [c!, c!, a!]) assert.equal(await receiving.take(text), "more");
  assert.deepEqual([receiving.have, receiving.count], [2, 3]);
  assert.deepEqual(await receiving.take(b!), file);
  for (const text of [a!, b!, c!]) assert.equal(await receiving.take(text), "known");
  receiving.forget();
  assert.equal(await receiving.take(a!), "more");
});

test("knows the file that was left, half or whole, from any other", async () => {
  const [a, b] = await encodeFrames(file);
  const [d, e] = await encodeFrames(other);
  const receiving = new Receiving();
  assert.equal(receiving.wasLeft(a!), false);
  await receiving.take(a!);
  receiving.forget();
  receiving.forget();
  assert.deepEqual(
    [a!, b!, d!, "CJT1:"].map((text) => receiving.wasLeft(text)),
    [true, true, false, false],
  );
  for (const text of [d!, e!]) await receiving.take(text);
  receiving.forget();
  assert.deepEqual(
    [a!, d!].map((text) => receiving.wasLeft(text)),
    [false, true],
  );
});

test("knows the file that was left while it was put together, and takes it anew", async () => {
  const [d, e] = await encodeFrames(other);
  const receiving = new Receiving();
  await receiving.take(d!);
  const whole = receiving.take(e!);
  receiving.forget();
  assert.deepEqual(await whole, other);
  assert.equal(receiving.wasLeft(d!), true);
  assert.equal(await receiving.take(d!), "more");
});

test("begins with another file when its code comes, and is not stopped by a damaged one", async () => {
  const [a] = await encodeFrames(file);
  const [d, e] = await encodeFrames(other);
  const receiving = new Receiving();
  await receiving.take(a!);
  await receiving.take(d!);
  assert.deepEqual([receiving.have, receiving.count], [1, 2]);
  await assert.rejects(receiving.take(e!.slice(0, -3)));
  await assert.rejects(receiving.take("CJT1:"));
  assert.equal(await receiving.take(e!), "more"); // the damaged one had taken its place
  assert.deepEqual(await receiving.take(d!), other);
  assert.equal(isFrame(a!) && !isFrame("CJE1:00"), true);
});
