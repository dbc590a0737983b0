/** The till of the page, on an IndexedDB in memory: takes an export, writes a typed row, exports; for Python to compare. */

import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { openDatabase } from "../../till/store/database.ts";
import { exportRun } from "../../till/store/exporting.ts";
import { Journal } from "../../till/store/journal.ts";
import { mergeExport } from "../../till/store/merging.ts";
import { makeTillKey } from "../../till/store/tillKey.ts";
import { ascii, fromHex, toHex } from "../../voucher/bytes.ts";
import { Kind } from "../../voucher/journal.ts";
import { Keyring } from "../../voucher/keyring.ts";

interface Question {
  partner: string;
  export: string;
  key: string;
  now: number;
  week: number;
  tags: number[];
  mine: { offer: number; code: string; tag: number };
}

const {
  partner,
  export: file,
  key: hex,
  now,
  week,
  tags,
  mine,
} = JSON.parse(readFileSync(0, "utf8")) as Question;
const db = await openDatabase("typed exchange");
const key = await makeTillKey();
const journal = new Journal(db, key.publicKey);
const keyring = await Keyring.of([]);
const around = { db, partner, own: key.publicKey, keyring, shortKey: fromHex(hex) };
const merged = await mergeExport(new Blob([fromHex(file) as BlobPart]), around);
const uses = await Promise.all(tags.map(async (tag) => (await journal.typed(tag, [])).uses));
const row = { time: now, effective: now, kind: Kind.ACCEPTED, verdict: "short_code", kid: null, cti: null };
const rest = { amount: null, saving: null, offset: null, listVersion: 5, voids: null, reason: null };
const draft = { ...row, ...rest, seq: week, offer: mine.offer, evidence: ascii(mine.code) };
await journal.acceptTyped(draft, { tag: mine.tag, week }, []);
const written = await exportRun(await journal.run(await journal.rows()), { partner, till: "Page", key });
console.log(JSON.stringify({ merged, uses, export: toHex(written) }));
