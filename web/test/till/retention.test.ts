/** Old rows go, and nothing that they used up comes back; a damaged journal steps aside, and nothing of it is lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NEIGHBOURS, openDatabase, readSetting, result, ROWS, strictly } from "../../till/store/database.ts";
import { BrokenChain, exportRun } from "../../till/store/exporting.ts";
import { type Head, Journal, JournalError, PURGED } from "../../till/store/journal.ts";
import { ASIDES, exportAside, firstBroken, runsOf, setAside } from "../../till/store/mending.ts";
import { KEPT, purge } from "../../till/store/retention.ts";
import type { TillKey } from "../../till/store/tillKey.ts";
import { decodeExport, firstHash } from "../../voucher/journal.ts";
import { claims, draft, keyId, keyring, NOON, type Till, till } from "./shop.ts";

const DAY = 86_400;
const LATER = NOON + 100 * DAY;

async function accepted(shop: Till, name: number, at = NOON): Promise<void> {
  await shop.journal.accept(await draft(name, { time: at, effective: at }), {
    ...claims(name),
    expires: LATER + DAY,
  });
}

function letGo({ db }: Till, floor: number, exported = 1000, keep = 30 * DAY): Promise<number> {
  return purge({ db, keyring, floor, keep, exported });
}

const refused = (code: string) => (failure: unknown) =>
  failure instanceof JournalError && failure.code === code;

async function keptUses({ db }: Till): Promise<number> {
  const range = IDBKeyRange.bound(KEPT, "kept/");
  return result(db.transaction(NEIGHBOURS).objectStore(NEIGHBOURS).count(range));
}

test("rows that are old and exported go; the chain goes on and its export verifies", async () => {
  const shop = await till();
  for (const name of [1, 2]) await accepted(shop, name);
  await accepted(shop, 3, LATER);
  assert.equal(await letGo(shop, LATER), 2);
  await accepted(shop, 4, LATER);
  const rows = await shop.journal.rows();
  assert.deepEqual(
    rows.map(({ n }) => n),
    [3, 4],
  );
  const names = { partner: "cars", till: "Caisse", key: shop.key };
  const run = await decodeExport(await exportRun(await shop.journal.run(rows), names));
  assert.deepEqual([run.first, run.last], [3, 4]);
});

test("what no export has carried out stays, however old", async () => {
  const shop = await till();
  for (const name of [1, 2, 3]) await accepted(shop, name);
  assert.equal(await letGo(shop, LATER, 0), 0);
  assert.equal(await letGo(shop, LATER, 2), 2);
  assert.equal((await shop.journal.rows()).length, 1);
});

test("a use outlives its row until its voucher has ended, by the floor and not by the clock", async () => {
  const shop = await till();
  await accepted(shop, 1);
  const { expires } = claims(1);
  assert.equal(await letGo(shop, expires - 1, 1000, DAY), 1);
  await assert.rejects(accepted(shop, 1, expires - 1), refused("already_accepted"));
  assert.equal(await keptUses(shop), 1);
  await letGo(shop, expires, 1000, DAY);
  assert.equal(await keptUses(shop), 0);
});

test("a use whose voucher can no longer be proven is kept for good", async () => {
  const shop = await till();
  await shop.journal.accept(await draft(1, { evidence: new Uint8Array(9) }), claims(1));
  await letGo(shop, LATER);
  await letGo(shop, LATER + 10_000 * DAY);
  await assert.rejects(accepted(shop, 1, LATER), refused("already_accepted"));
});

test("the newest time seen stays a floor when its row has gone, and an empty journal still exports", async () => {
  const shop = await till();
  await accepted(shop, 1);
  await letGo(shop, LATER);
  assert.equal((await shop.journal.rows()).length, 0);
  assert.equal(await shop.journal.seen(), NOON);
  const names = { partner: "cars", till: "Caisse", key: shop.key };
  const run = await decodeExport(await exportRun(await shop.journal.run([]), names));
  assert.deepEqual([run.first, run.last], [2, 1]);
  await accepted(shop, 2, LATER);
  assert.equal((await shop.journal.rows())[0]!.n, 2);
});

async function damaged(change: (rows: IDBObjectStore) => void): Promise<Till> {
  const shop = await till();
  for (const name of [1, 2, 3, 4]) await accepted(shop, name);
  const transaction = strictly(shop.db, ROWS);
  change(transaction.objectStore(ROWS));
  await new Promise((done) => (transaction.oncomplete = done));
  return shop;
}

const CHANGES: Record<string, (rows: IDBObjectStore) => void> = {
  "a changed row": (rows) => {
    rows.get(2).onsuccess = ({ target }) => rows.put({ ...(target as IDBRequest).result, amount: 1 });
  },
  "a row of another shape": (rows) => {
    rows.get(2).onsuccess = ({ target }) =>
      rows.put({ ...(target as IDBRequest).result, verdict: { not: "text" } });
  },
  "a missing row": (rows) => {
    rows.delete(2);
  },
};

for (const [name, change] of Object.entries(CHANGES)) {
  test(`${name} is found, the journal put aside whole, and what holds of it exported`, async () => {
    const shop = await damaged(change);
    const rows = await shop.journal.rows();
    const start = await firstHash(shop.key.publicKey);
    assert.equal(await firstBroken(rows, start), 2);
    const names = { partner: "cars", till: "Caisse", key: shop.key };
    await assert.rejects(exportRun(await shop.journal.run(rows), names), BrokenChain);

    const runs = await runsOf(rows, shop.key.publicKey);
    const numbers = await Promise.all(
      runs.map(async (run) => (await decodeExport(await exportRun(run, names))).rows.map(({ n }) => n)),
    );
    assert.deepEqual(numbers, name === "a missing row" ? [[1], [4]] : [[1], [3, 4]]);

    const aside = await setAside(shop.db, rows, { key: shop.key }, NOON);
    const copy = await openDatabase(aside.name);
    assert.equal(await result(copy.transaction(ROWS).objectStore(ROWS).count()), rows.length);
    assert.deepEqual(await readSetting(shop.db, ASIDES), [aside]);
    const later = await exportAside(aside.name, names);
    assert.deepEqual(
      (await Promise.all(later.map(decodeExport))).map(({ rows: held }) => held.map(({ n }) => n)),
      numbers,
    );

    const fresh = (await readSetting<TillKey>(shop.db, "key"))!;
    assert.notDeepEqual(fresh.publicKey, shop.key.publicKey);
    const journal = new Journal(shop.db, fresh.publicKey);
    assert.equal(await journal.seen(), NOON);
    const again = async (voucher: number) => journal.accept(await draft(voucher), claims(voucher));
    for (const voucher of rows.map(({ cti }) => cti![0]!)) {
      await assert.rejects(again(voucher), refused("already_accepted"));
    }
    await again(9);
    const own = { ...names, key: fresh };
    const next = await decodeExport(await exportRun(await journal.run(await journal.rows()), own));
    assert.deepEqual([next.first, next.last], [1, 1]);
    assert.equal((await readSetting<Head>(shop.db, PURGED))?.n, 0);
    assert.equal((await journal.accepted(keyId, claims(1).cti)).length, 1);
  });
}

test("a journal of the first layout is opened and keeps its rows", async () => {
  const shop = await till();
  await accepted(shop, 1);
  const rows = await shop.journal.rows();
  const old = await new Promise<IDBDatabase>((done) => {
    const opening = indexedDB.open("first layout", 1);
    opening.onupgradeneeded = () => {
      const db = opening.result;
      db.createObjectStore("settings");
      const store = db.createObjectStore("rows", { keyPath: "n" });
      store.createIndex("voucher", "voucher");
      store.createIndex("use", "use", { unique: true });
      store.createIndex("effective", "effective");
      store.put(rows[0]);
    };
    opening.onsuccess = () => done(opening.result);
  });
  old.close();
  const journal = new Journal(await openDatabase("first layout"), shop.key.publicKey);
  assert.equal((await journal.rows()).length, 1);
  await assert.rejects(journal.accept(await draft(1), claims(1)), refused("already_accepted"));
  await journal.accept(await draft(2), claims(2));
});
