/** A till whose database an earlier build made: every row is kept, and what that build knew nothing of is there. */
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { NEIGHBOURS, openDatabase, readSetting, result, ROWS, SETTINGS } from "../../till/store/database.ts";
import { Journal, type StoredRow } from "../../till/store/journal.ts";
import { makeTillKey } from "../../till/store/tillKey.ts";
import { claims, draft, keyId } from "./shop.ts";

/** The layout of version 1, as it was published. */
function openFirst(name: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("settings");
    const rows = opening.result.createObjectStore("rows", { keyPath: "n" });
    rows.createIndex("voucher", "voucher");
    rows.createIndex("use", "use", { unique: true });
    rows.createIndex("effective", "effective");
  };
  return result(opening);
}

async function filled(name: string, key: Uint8Array): Promise<StoredRow[]> {
  const current = await openDatabase(`${name} today`);
  const journal = new Journal(current, key);
  for (const voucher of [1, 2, 3]) await journal.accept(await draft(voucher), claims(voucher));
  const rows = await journal.rows();
  const old = await openFirst(name);
  const writing = old.transaction(["rows", "settings"], "readwrite");
  for (const row of rows) writing.objectStore("rows").put(row);
  writing.objectStore("settings").put({ partner: "cars" }, "profile");
  await new Promise((done) => (writing.oncomplete = done));
  old.close();
  return rows;
}

test("an upgrade keeps every row, setting and use, and the chain goes on", async () => {
  const { publicKey } = await makeTillKey();
  const rows = await filled("upgraded", publicKey);
  const db = await openDatabase("upgraded");
  assert.deepEqual([...db.objectStoreNames].sort(), [NEIGHBOURS, ROWS, SETTINGS].sort());
  assert.deepEqual(await readSetting(db, "profile"), { partner: "cars" });
  const journal = new Journal(db, publicKey);
  assert.deepEqual(await journal.rows(), rows);
  assert.equal((await journal.accepted(keyId, claims(2).cti)).length, 1);
  await assert.rejects(journal.accept(await draft(2), claims(2)));
  assert.equal((await journal.accept(await draft(4), claims(4))).n, 4);
  db.close();
});

test("a tab of the earlier build that is still open gives way", async () => {
  const old = await openFirst("held");
  old.onversionchange = () => old.close();
  const db = await openDatabase("held");
  assert.equal(db.objectStoreNames.contains(NEIGHBOURS), true);
  // And ours gives way to a later one in the same way.
  const later = indexedDB.open("held", 99);
  const opened = await result(later);
  assert.equal(opened.version, 99);
  opened.close();
});

test("an upgrade that is interrupted leaves the earlier database as it was", async () => {
  const { publicKey } = await makeTillKey();
  const rows = await filled("interrupted", publicKey);
  const opening = indexedDB.open("interrupted", 2);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("neighbours", { keyPath: "id" });
    opening.transaction!.abort();
  };
  await assert.rejects(result(opening));
  const db = await openDatabase("interrupted");
  assert.deepEqual(await new Journal(db, publicKey).rows(), rows);
  db.close();
});
