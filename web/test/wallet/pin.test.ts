import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, test } from "node:test";
import { fromHex } from "../../voucher/bytes.ts";
import type { Card } from "../../wallet/core/card.ts";
import { codeOf } from "../../wallet/core/errors.ts";
import { NO_TRIES, tried, waiting, type Tries } from "../../wallet/core/pin.ts";
import { store } from "../../wallet/device/activation.ts";
import { allCards, amendCard, holderOf } from "../../wallet/device/cards.ts";
import { raiseCounter } from "../../wallet/device/counters.ts";
import { NAME, openDatabase, type Database } from "../../wallet/device/database.ts";
import { fact, keepPending, PENDING, PIN } from "../../wallet/device/facts.ts";
import { forgetLocked, setPin, tryPin, unlock } from "../../wallet/device/locking.ts";
import { isLocked, holdLock } from "../../wallet/device/vault.ts";
import { NOW } from "./world.ts";

const vector = JSON.parse(
  readFileSync(new URL("../../../tests/vectors/bundle/bundle-accepted.json", import.meta.url), "utf8"),
) as { data: string; code: string };
const CODE = vector.code;
const FILE = fromHex(vector.data);
const ID = "aa";

let db: Database;
const put = IDBObjectStore.prototype.put;

beforeEach(async () => {
  holdLock(null);
  db = await openDatabase();
  await store(db, ID, CODE, FILE, NOW);
});
afterEach(async () => {
  IDBObjectStore.prototype.put = put;
  db.close();
  await new Promise((done) => (indexedDB.deleteDatabase(NAME).onsuccess = done));
});

/** The page is opened anew: nothing is in memory. */
async function reopened(): Promise<void> {
  db.close();
  holdLock(null);
  db = await openDatabase();
}

async function only(): Promise<Card> {
  const [card, ...others] = await allCards(db);
  assert.equal(others.length, 0);
  return card!;
}

/** Everything on the disk, as one text: bytes in hexadecimal, keys by their type. */
async function disk(): Promise<string> {
  const seen: unknown[] = [];
  for (const name of db.objectStoreNames) {
    seen.push(name, await db.getAllKeys(name), await db.getAll(name));
  }
  return JSON.stringify(seen, (_, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
    return value instanceof CryptoKey ? "a key" : value;
  });
}

const hex = (text: string): string => Buffer.from(text).toString("hex");

test("under a PIN nothing on the disk opens a card or signs for it", async () => {
  const voucher = (await only()).bundle.entries.find((entry) => entry.voucher)!.voucher!;
  const told = [CODE, hex(CODE), "OISEAU", Buffer.from(voucher).toString("hex")];
  const before = await disk();
  assert.equal(
    [CODE, "OISEAU", told[3]!].every((secret) => before.includes(secret)),
    true,
  );
  await keepPending(db, CODE);
  await setPin(db, "4821");
  const after = await disk();
  for (const secret of [...told, "a key", "4821", hex("4821")]) assert.ok(!after.includes(secret), secret);
  assert.equal(await fact(db, PENDING), null);
});

test("a fetched file, a change and a code for later stay under the PIN", async () => {
  await setPin(db, "4821");
  await store(db, ID, CODE, FILE, NOW + 60);
  await amendCard(db, ID, { checkedAt: NOW + 90 });
  await keepPending(db, CODE);
  assert.equal((await disk()).includes(CODE), false);
  assert.equal((await only()).checkedAt, NOW + 90);
  await reopened();
  assert.equal(await isLocked(db), true);
  assert.equal((await unlock(db, "4821", NOW)).kind, "open");
  assert.equal((await only()).code, CODE);
});

test("a wrong PIN opens nothing, the right one opens all that was there", async () => {
  const before = await only();
  await setPin(db, "4821");
  await reopened();
  await assert.rejects(allCards(db), (fault) => codeOf(fault) === "unexpected");
  assert.equal((await unlock(db, "4822", NOW)).kind, "wrong");
  assert.equal(await isLocked(db), true);
  assert.equal((await unlock(db, "4821", NOW)).kind, "open");
  assert.deepEqual(await only(), before);
});

test("after a change only the new PIN opens, after its removal none is asked for", async () => {
  await setPin(db, "4821");
  await setPin(db, "90210");
  await reopened();
  assert.equal((await unlock(db, "4821", NOW)).kind, "wrong");
  assert.equal((await unlock(db, "90210", NOW)).kind, "open");
  await setPin(db, null);
  await reopened();
  assert.equal(await isLocked(db), false);
  assert.equal((await only()).code, CODE);
});

/** Stop the phone at each write of `work` in turn; true when it came to its end before the fault. */
async function stoppedAt(write: number, work: () => Promise<void>): Promise<boolean> {
  let count = 0;
  IDBObjectStore.prototype.put = function (...facts: Parameters<typeof put>) {
    if (count++ === write) {
      this.transaction.abort();
      throw new DOMException("the battery is empty", "AbortError");
    }
    return put.apply(this, facts);
  };
  const done = await work().then(
    () => true,
    () => false,
  );
  IDBObjectStore.prototype.put = put;
  return done;
}

test("whatever stops the phone while a PIN is set, changed or removed, the card is there with one PIN", async () => {
  const steps: readonly (readonly [string | null, string | null])[] = [
    [null, "4821"],
    ["4821", "90210"],
    ["90210", null],
  ];
  for (const [old, next] of steps) {
    let stops = 0;
    for (let write = 0; !(await stoppedAt(write, () => setPin(db, next))); write++, stops++) {
      await reopened();
      assert.equal(await isLocked(db), old !== null, `write ${write}`);
      if (old !== null) assert.equal((await unlock(db, old, NOW)).kind, "open");
      assert.equal((await only()).code, CODE);
    }
    assert.ok(stops >= 2, "the harness stopped nothing");
    await reopened();
    if (next !== null) assert.equal((await unlock(db, next, NOW)).kind, "open");
    assert.equal((await only()).code, CODE);
  }
});

test("the harness would see a PIN that is set in two transactions", async () => {
  const careless = async (): Promise<void> => {
    const record = { salt: new Uint8Array(16), rounds: 1, check: new Uint8Array(28) };
    for (const [name, value] of [[PIN, record] as const, ["and then the cards", 0] as const]) {
      const transaction = db.transaction("facts", "readwrite");
      transaction.done.catch(() => undefined);
      await transaction.store.put(value, name);
    }
  };
  assert.equal(await stoppedAt(1, careless), false);
  await reopened();
  assert.ok(await isLocked(db), "locked, with no PIN that opens it: the card would be lost");
});

test("a page that does not know the PIN of another tab writes nothing", async () => {
  await setPin(db, "4821");
  holdLock(null);
  await assert.rejects(store(db, ID, CODE, FILE, NOW + 60), (fault) => codeOf(fault) === "unexpected");
  await assert.rejects(setPin(db, "1111"));
  assert.equal((await disk()).includes(CODE), false);
  assert.equal((await unlock(db, "4821", NOW)).kind, "open");
  assert.equal((await only()).code, CODE);
});

test("five tries are free, then each waits longer, and the right PIN must wait too", async () => {
  await setPin(db, "4821");
  await reopened();
  for (let at = 0; at < 5; at++) assert.equal((await tryPin(db, "0000", NOW)).kind, "wrong");
  assert.deepEqual(await tryPin(db, "4821", NOW), { kind: "wait", seconds: 30 });
  assert.deepEqual(await tryPin(db, "4821", NOW + 29), { kind: "wait", seconds: 1 });
  assert.equal((await tryPin(db, "4821", NOW + 30)).kind, "open");
  assert.equal((await tryPin(db, "0000", NOW + 31)).kind, "wrong");
  assert.equal((await tryPin(db, "4821", NOW + 31)).kind, "open");
});

test("the wait doubles up to a quarter of an hour, whatever the clock does", () => {
  let tries: Tries = NO_TRIES;
  const waits = Array.from({ length: 12 }, () => waiting((tries = tried(tries, NOW)), NOW));
  assert.deepEqual(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
  assert.equal(waiting(tries, NOW - 40 * 86_400), 900);
});

test("forgetting the PIN forgets the cards, not the counters", async () => {
  const holder = (await holderOf(db, ID, (await only()).bundle.entries[0]!.offer))!;
  assert.ok(holder, "the card of the vector has a voucher of its own");
  const shown = await raiseCounter(db, holder, NOW);
  await setPin(db, "4821");
  await reopened();
  await forgetLocked(db);
  assert.equal(await isLocked(db), false);
  assert.deepEqual(await allCards(db), []);
  assert.equal(await raiseCounter(db, holder, NOW), shown + 1);
});
