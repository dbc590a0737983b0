/** Journals that meet: a union that does not depend on order, in which only what is proven counts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exportRun } from "../../till/store/exporting.ts";
import { Journal, JournalError } from "../../till/store/journal.ts";
import { mergeExport, type Merged, OtherPartner } from "../../till/store/merging.ts";
import { toHex } from "../../voucher/bytes.ts";
import { Keyring } from "../../voucher/keyring.ts";
import { claims, draft, keyId, keyring, NOON, SHORT_KEY, type Till, till } from "./shop.ts";

async function exported({ journal, key }: Till, name: string, partner = "cars"): Promise<Blob> {
  const data = await exportRun(await journal.run(await journal.rows()), { partner, till: name, key });
  return new Blob([data as BlobPart]);
}

function merge({ db, key }: Till, file: Blob, keys = keyring): Promise<Merged> {
  return mergeExport(file, { db, partner: "cars", own: key.publicKey, keyring: keys, shortKey: SHORT_KEY });
}

async function uses({ journal }: Till, names: readonly number[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => journal.accepted(keyId, claims(name).cti)));
  return found.flat().map((use) => `${use.till}/${use.n}/${use.seq}/${use.at}`);
}

test("what a neighbour accepted is refused in the very transaction that writes", async () => {
  const [a, b] = [await till(), await till()];
  await a.journal.accept(await draft(1), claims(1));
  assert.deepEqual(await merge(b, await exported(a, "A")), {
    till: "A",
    fresh: 1,
    unproven: 0,
    conflicts: [],
  });
  await assert.rejects(
    b.journal.accept(await draft(1), claims(1)),
    (fault) => fault instanceof JournalError && fault.code === "already_accepted",
  );
  await assert.rejects(
    b.journal.accept(await draft(1, { seq: 2 }), claims(1)),
    (fault) => fault instanceof JournalError && fault.code === "used_up",
  );
});

test("the order of exports, and how often each comes, changes nothing; a void may come before its row", async () => {
  const [a, b] = [await till(), await till()];
  await a.journal.accept(await draft(1), claims(1));
  const early = await exported(a, "A");
  await a.journal.accept(await draft(2), claims(2));
  await a.journal.void(1, "mistake", NOON + 60);
  const late = await exported(a, "A");
  await b.journal.accept(await draft(3), claims(3));
  const other = await exported(b, "B");
  const seen = new Set<string>();
  for (const order of [
    [early, late, other],
    [late, early, other],
    [other, late],
    [late, other, late, early, other],
  ]) {
    const c = await till();
    for (const file of order) await merge(c, file);
    seen.add((await uses(c, [1, 2, 3])).join(" "));
  }
  assert.deepEqual([...seen], [`A/2/1/${NOON} B/1/1/${NOON}`]);
});

test("a row without proof is kept and counts for nothing, until a list proves it", async () => {
  const [a, b] = [await till(), await till()];
  await a.journal.accept(await draft(1), claims(1));
  await a.journal.accept(await draft(2, { evidence: null }), claims(2));
  const file = await exported(a, "A");
  assert.equal((await merge(b, file, await Keyring.of([]))).unproven, 2);
  assert.deepEqual(await uses(b, [1, 2]), []);
  const again = await merge(b, file);
  assert.deepEqual([again.fresh, again.unproven], [0, 1]);
  assert.deepEqual(await uses(b, [1, 2]), [`A/1/1/${NOON}`]);
});

test("two different rows under one number are reported, a copy of this very till included", async () => {
  const a = await till();
  await a.journal.accept(await draft(1), claims(1));
  const twin = { ...(await till()), key: a.key };
  const copy: Till = { ...twin, journal: new Journal(twin.db, a.key.publicKey) };
  await copy.journal.accept(await draft(2), claims(2));
  const file = await exported(copy, "A");
  assert.deepEqual((await merge(a, file)).conflicts, [1]);
  const c = await till();
  await merge(c, file);
  assert.deepEqual((await merge(c, await exported(a, "A"))).conflicts, [1]);
});

test("another shop's journal is not taken, nor is one without a name confused with this till", async () => {
  const [a, b] = [await till(), await till()];
  await a.journal.accept(await draft(1), claims(1));
  await assert.rejects(merge(b, await exported(a, "A", "autre")), OtherPartner);
  assert.deepEqual(await uses(b, [1]), []);
  await merge(b, await exported(a, ""));
  assert.deepEqual(await uses(b, [1]), [`${toHex(a.key.publicKey.subarray(0, 4))}/1/1/${NOON}`]);
});
