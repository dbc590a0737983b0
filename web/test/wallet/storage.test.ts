import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Holder } from "../../wallet/core/card.ts";
import { allCards, amendCard, holderOf, putCard, removeCard } from "../../wallet/device/cards.ts";
import { raiseCounter } from "../../wallet/device/counters.ts";
import { NAME, openDatabase, type Database } from "../../wallet/device/database.ts";
import { addUse, allUses } from "../../wallet/device/uses.ts";
import { card, entry, NOW, makeUse } from "./world.ts";

let db: Database;
const strict: (string | undefined)[] = [];
const transaction = IDBDatabase.prototype.transaction;

beforeEach(async () => {
  strict.length = 0;
  IDBDatabase.prototype.transaction = function (...facts: Parameters<typeof transaction>) {
    if (facts[1] === "readwrite") strict.push(facts[2]?.durability);
    return transaction.apply(this, facts);
  };
  db = await openDatabase();
});
afterEach(async () => {
  IDBDatabase.prototype.transaction = transaction;
  db.close();
  await new Promise((done) => (indexedDB.deleteDatabase(NAME).onsuccess = done));
});

function holder(offer = 1, cti = offer): Holder {
  return { card: "aa", offer, cti: new Uint8Array(16).fill(cti), notBefore: NOW - 1000, secret: null };
}

test("a counter starts with the seconds since the voucher began, and rises by one", async () => {
  assert.equal(await raiseCounter(db, holder(), NOW), 1000);
  assert.equal(await raiseCounter(db, holder(), NOW + 50), 1001);
  assert.equal(await raiseCounter(db, holder(2), NOW - 5000), 1);
});

test("fifty showings at once, from two connections, get fifty numbers", async () => {
  const other = await openDatabase();
  const all = Array.from({ length: 50 }, (_, at) => raiseCounter(at % 2 ? db : other, holder(), NOW));
  const seen = await Promise.all(all);
  other.close();
  assert.equal(new Set(seen).size, 50);
  seen.sort((a, b) => a - b);
  assert.equal(seen[49]! - seen[0]!, 49);
});

test("everything that must survive is written with strict durability", async () => {
  await putCard(db, card([entry()]), [holder()]);
  await amendCard(db, "aa", { closed: true });
  await raiseCounter(db, holder(), NOW);
  await addUse(db, makeUse());
  await removeCard(db, "aa");
  assert.deepEqual(strict, Array(5).fill("strict"));
});

test("a card and its keys are written together, and replaced together", async () => {
  await putCard(db, card([entry()]), [holder(1), holder(2)]);
  await putCard(db, card([entry()]), [holder(2)]);
  assert.equal((await allCards(db)).length, 1);
  assert.equal(await holderOf(db, "aa", 1), undefined);
  assert.equal((await holderOf(db, "aa", 2))?.offer, 2);
});

test("a card whose write fails leaves the one before it whole", async () => {
  await putCard(db, card([entry()]), [holder(1)]);
  const broken = { ...holder(2), offer: {} as unknown as number };
  await assert.rejects(putCard(db, card([entry(), entry({ offer: 2 })]), [broken]));
  const [kept] = await allCards(db);
  assert.equal(kept?.bundle.entries.length, 1);
  assert.equal((await holderOf(db, "aa", 1))?.offer, 1);
});

test("a key that the browser cannot keep is left out, the card is not", async () => {
  const secret = (() => undefined) as unknown as CryptoKey; // functions cannot be cloned
  await putCard(db, card([entry()]), [{ ...holder(), secret }]);
  assert.equal((await holderOf(db, "aa", 1))?.secret, null);
});

test("removing a card forgets its keys and history, and keeps its counters", async () => {
  await putCard(db, card([entry()]), [holder()]);
  await putCard(db, card([entry()], { id: "ab" }), [{ ...holder(), card: "ab" }]);
  await addUse(db, makeUse());
  await addUse(db, makeUse({ card: "ab" }));
  const before = await raiseCounter(db, holder(), NOW);
  await removeCard(db, "aa");
  assert.deepEqual(
    (await allCards(db)).map(({ id }) => id),
    ["ab"],
  );
  assert.equal(await holderOf(db, "aa", 1), undefined);
  assert.equal((await holderOf(db, "ab", 1))?.card, "ab");
  assert.deepEqual(
    (await allUses(db)).map((line) => line.card),
    ["ab"],
  );
  assert.equal(await raiseCounter(db, holder(), NOW), before + 1);
});

test("a card that was removed meanwhile is not brought back by a late refresh", async () => {
  await amendCard(db, "gone", { closed: true });
  assert.deepEqual(await allCards(db), []);
});
