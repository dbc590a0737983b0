/** The journal on a real (in-memory) IndexedDB: what is written once, in which order, and what must never be. */
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openDatabase } from "../../till/store/database.ts";
import { BrokenChain, exportRun } from "../../till/store/exporting.ts";
import { type Draft, Journal, JournalError } from "../../till/store/journal.ts";
import { makeTillKey, type TillKey } from "../../till/store/tillKey.ts";
import { totals } from "../../till/store/totals.ts";
import { type Claims, Period } from "../../voucher/claims.ts";
import { decodeExport, encodeRow, firstHash, Kind, nextHash } from "../../voucher/journal.ts";
import { equal } from "../../voucher/bytes.ts";

const NOON = 1_795_258_800; // 21 November 2026, 12:00 in Paris

const claims: Claims = {
  notBefore: NOON - 1000,
  expires: NOON + 1_000_000,
  cti: new Uint8Array(16).fill(7),
  offer: 12,
  uses: 2,
  period: Period.MONTH,
  holder: new Uint8Array(32),
};

function draft(seq: number, changes: Partial<Draft> = {}): Draft {
  return {
    time: NOON,
    effective: NOON,
    kind: Kind.ACCEPTED,
    verdict: "accepted",
    kid: new Uint8Array(4),
    cti: claims.cti,
    seq,
    offer: 12,
    amount: 2490,
    saving: 374,
    offset: -3,
    listVersion: 5,
    evidence: new Uint8Array(250),
    voids: null,
    reason: null,
    ...changes,
  };
}

let count = 0;
let db: IDBDatabase;
let key: TillKey;
let journal: Journal;

beforeEach(async () => {
  db = await openDatabase(`till ${++count}`);
  key = await makeTillKey();
  journal = new Journal(db, key.publicKey);
});

const refused = (code: string) => (failure: unknown) =>
  failure instanceof JournalError && failure.code === code;

test("chains rows from the till's key on, without a gap", async () => {
  for (const seq of [1, 2]) await journal.accept(draft(seq), claims);
  let hash = await firstHash(key.publicKey);
  for (const [i, row] of (await journal.rows()).entries()) {
    assert.equal(row.n, i + 1);
    hash = await nextHash(hash, encodeRow(row));
    assert.equal(equal(hash, row.hash), true);
  }
});

test("writes a use once, however many ask at the same moment", async () => {
  const asked = await Promise.allSettled(Array.from({ length: 12 }, () => journal.accept(draft(1), claims)));
  assert.equal(asked.filter(({ status }) => status === "fulfilled").length, 1);
  for (const answer of asked) {
    if (answer.status === "rejected") assert.equal((answer.reason as JournalError).code, "already_accepted");
  }
  assert.equal((await journal.rows()).length, 1);
});

test("two tabs on one database make one row of one use, and a whole chain of many", async () => {
  const other = new Journal(await openDatabase(`till ${count}`), key.publicKey);
  const unlimited = { ...claims, uses: 0, period: Period.TOTAL };
  const both = await Promise.allSettled(
    [1, 2, 3, 4, 5, 6].flatMap((seq) => [
      journal.accept(draft(seq), unlimited),
      other.accept(draft(seq), unlimited),
    ]),
  );
  assert.equal(both.filter(({ status }) => status === "fulfilled").length, 6);
  const numbers = (await journal.rows()).map(({ n }) => n);
  assert.deepEqual(numbers, [1, 2, 3, 4, 5, 6]);
  await exportRun(await journal.run(await journal.rows()), { partner: "cars", till: "Caisse", key });
});

test("refuses the use after the last of its period, and takes it again in the next", async () => {
  await journal.accept(draft(1), claims);
  await journal.accept(draft(2), claims);
  await assert.rejects(journal.accept(draft(3), claims), refused("used_up"));
  const december = NOON + 10 * 86_400;
  await journal.accept(draft(3, { effective: december }), claims);
  assert.equal((await journal.accepted(new Uint8Array(4), claims.cti)).length, 3);
});

test("a void frees the use, changes no byte of its row, and is possible once, for ten minutes", async () => {
  const row = await journal.accept(draft(1), { ...claims, uses: 1 });
  await journal.void(row.n, "mistake", NOON + 600);
  await assert.rejects(journal.void(row.n, "mistake", NOON + 10), refused("already_void"));
  await journal.accept(draft(2, { effective: NOON + 601 }), { ...claims, uses: 1 });
  await assert.rejects(journal.void(3, "mistake", NOON + 601 + 601), refused("too_late"));
  const rows = await journal.rows();
  assert.deepEqual(
    rows.map(({ kind, voids }) => [kind, voids]),
    [
      [Kind.ACCEPTED, null],
      [Kind.VOID, 1],
      [Kind.ACCEPTED, null],
    ],
  );
  assert.deepEqual(encodeRow(rows[0]!), encodeRow(row));
  assert.deepEqual(totals(rows), { accepted: 1, refused: 0, voided: 1, amount: 2490, saving: 374 });
});

test("does not void what is not an accepted row", async () => {
  const row = await journal.refuse(draft(1, { kind: Kind.REFUSED }));
  await assert.rejects(journal.void(row.n, "mistake", NOON), refused("too_late"));
  await assert.rejects(journal.void(99, "mistake", NOON), refused("too_late"));
});

test("a write that fails rejects, keeps nothing, and the next one goes on from the same chain", async () => {
  await journal.accept(draft(1), claims);
  const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  try {
    await assert.rejects(journal.accept(draft(2), claims), refused("not_written"));
  } finally {
    IDBObjectStore.prototype.add = add;
  }
  assert.equal((await journal.rows()).length, 1);
  assert.equal((await journal.accept(draft(2), claims)).n, 2);
});

test("a transaction undone after its last request rejects too: only `complete` counts", async () => {
  const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (...all) {
    const request = add.apply(this, all);
    request.addEventListener("success", () => this.transaction.abort());
    return request;
  };
  try {
    await assert.rejects(journal.accept(draft(1), claims), refused("not_written"));
  } finally {
    IDBObjectStore.prototype.add = add;
  }
  assert.equal((await journal.rows()).length, 0);
});

test("asks for strict durability on every write", async () => {
  const asked: unknown[] = [];
  const transaction = db.transaction.bind(db);
  db.transaction = (stores, mode, options) => {
    if (mode === "readwrite") asked.push(options?.durability);
    return transaction(stores, mode, options);
  };
  const row = await journal.accept(draft(1), claims);
  await journal.void(row.n, "mistake", NOON);
  assert.deepEqual(asked, ["strict", "strict"]);
});

test("goes on after the browser closed its connection", async () => {
  db.close();
  await assert.rejects(journal.accept(draft(1), claims), refused("not_written"));
  assert.equal((await journal.accept(draft(1), claims)).n, 1);
});

test("exports a file that any reader of the format takes", async () => {
  const row = await journal.accept(draft(1), claims);
  await journal.void(row.n, "returned", NOON + 5);
  const run = await decodeExport(
    await exportRun(await journal.run(await journal.rows()), { partner: "cars", till: "Caisse 1", key }),
  );
  assert.deepEqual([run.partner, run.till, run.first, run.last], ["cars", "Caisse 1", 1, 2]);
  assert.equal(run.rows[1]!.reason, "returned");
});

test("exports an empty journal", async () => {
  const run = await decodeExport(
    await exportRun(await journal.run([]), { partner: "cars", till: "Caisse 1", key }),
  );
  assert.deepEqual([run.first, run.last, run.rows.length], [1, 0, 0]);
});

test("signs nothing when a stored row was changed, and says which", async () => {
  for (const seq of [1, 2]) await journal.accept(draft(seq), claims);
  const [first, second] = await journal.rows();
  const rows = [first!, { ...second!, amount: 1 }];
  await assert.rejects(
    exportRun(await journal.run(rows), { partner: "cars", till: "Caisse", key }),
    (failure) => {
      return failure instanceof BrokenChain && failure.n === 2;
    },
  );
});

test("a day holds what Paris calls that day, oldest first", async () => {
  const midnight = NOON - 12 * 3600;
  const unlimited = { ...claims, uses: 0, period: Period.TOTAL };
  for (const [seq, effective] of [midnight - 1, midnight, midnight + 86_399, midnight + 86_400].entries()) {
    await journal.accept(draft(seq + 1, { effective }), unlimited);
  }
  assert.deepEqual(
    (await journal.day("2026-11-21")).map(({ n }) => n),
    [2, 3],
  );
});
