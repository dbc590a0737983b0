/** Twelve typed characters: worth what their MAC holds for, once a week, and never beside the same voucher scanned. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { JournalError, type StoredRow } from "../../till/store/journal.ts";
import { exportRun } from "../../till/store/exporting.ts";
import { mergeExport } from "../../till/store/merging.ts";
import { prove } from "../../till/store/proof.ts";
import { purge } from "../../till/store/retention.ts";
import { decide } from "../../verifier/decide.ts";
import type { Decision } from "../../verifier/decision.ts";
import { decideTyped, isShortCode } from "../../verifier/typed.ts";
import { ascii } from "../../voucher/bytes.ts";
import { weekOf } from "../../voucher/civil.ts";
import type { Claims } from "../../voucher/claims.ts";
import { Kind } from "../../voucher/journal.ts";
import { encode as encodeText, VOUCHER } from "../../voucher/armour.ts";
import * as shortCode from "../../voucher/shortCode.ts";
import type { TrustedOffer, TrustList } from "../../voucher/trust.ts";
import type { TrustView } from "../../verifier/views.ts";
import { claims, draft, issuer, keyId, keyring, NOON, SHORT_KEY, type Till, till } from "./shop.ts";

const DAY = 86_400;
const WEEK = weekOf(NOON);
const MONDAY = 1_795_388_400; // 23 November 2026, 00:00 in Paris

const offer = {
  number: 12,
  validFrom: NOON - 100 * DAY,
  validUntil: NOON + 100 * DAY,
  paper: true,
  shortCode: true,
  identityCheck: false,
} as TrustedOffer;

function trustWith(changes: Partial<TrustList> = {}, terms: Partial<TrustedOffer> = {}): TrustView {
  const offers = [{ ...offer, ...terms }];
  const key = {
    key: issuer.publicKey,
    useFrom: NOON - 9e6,
    useUntil: NOON + 9e6,
    acceptUntil: NOON + 9e8,
    offers: [12],
  };
  const list = {
    version: 3,
    issued: NOON - 100,
    expires: NOON + 90 * DAY,
    freshFor: 30 * DAY,
    refuseAfter: 60 * DAY,
    demo: false,
    keys: [key],
    offers,
    revoked: [],
    offer: (number: number) => offers.find((one) => one.number === number) ?? null,
    keyring: () => keyring,
    issuingKey: () => key,
    revokes: () => Promise.resolve(false),
    ...changes,
  };
  return { root: { demo: false, expires: NOON + 900 * DAY }, list, floor: 0 } as unknown as TrustView;
}

const profile = { partner: "cars", name: "Caisse", demo: false };

async function typed(
  { journal }: Till,
  code: string,
  { now = NOON, trust = trustWith(), shortKey = SHORT_KEY as Uint8Array | null } = {},
): Promise<Decision> {
  const uses = {
    async typed(tag: number, kids: readonly Uint8Array[]) {
      const { uses, scanned } = await journal.typed(tag, kids);
      const said = await Promise.all(scanned.map((row) => prove(row, keyring)));
      return { uses, claims: said.find((one) => one !== null) ?? null };
    },
  };
  return decideTyped(code, { trust, till: profile, uses, now, shortKey });
}

function codeOf({ cti, offer: number }: Claims, week = WEEK, key = SHORT_KEY): Promise<string> {
  return shortCode.encode(key, number, week, shortCode.tagOf(cti));
}

async function accept({ journal }: Till, decision: Decision, at = NOON): Promise<StoredRow> {
  assert.equal(decision.verdict, "short_code");
  const row = {
    time: at,
    effective: at,
    kind: Kind.ACCEPTED,
    verdict: decision.verdict,
    kid: null,
    cti: null,
  };
  const rest = { amount: null, saving: null, offset: null, listVersion: 3, voids: null, reason: null };
  const paid = { ...row, ...rest, seq: decision.seq, offer: 12, evidence: decision.evidence };
  return journal.acceptTyped(paid, decision.typed!, [keyId]);
}

/** What the till says of the same voucher on paper. */
async function scanned({ journal }: Till, terms: Claims, now = NOON): Promise<Decision> {
  const { evidence } = await draft(terms.cti[0]!);
  const text = encodeText(VOUCHER, evidence!);
  return decide(text, { trust: trustWith(), till: profile, uses: journal, now });
}

test("a week is counted as Python's isocalendar does, over the turn of the year", () => {
  const days = { "2026-11-22": 202647, "2026-11-23": 202648, "2026-12-31": 202653, "2027-01-03": 202653 };
  const more = { "2027-01-04": 202701, "2024-12-30": 202501, "2023-01-01": 202252, "2026-03-29": 202613 };
  for (const [day, week] of Object.entries({ ...days, ...more })) {
    assert.equal(weekOf(Date.parse(`${day}T12:00:00Z`) / 1000), week, day);
  }
  assert.deepEqual([weekOf(MONDAY - 1), weekOf(MONDAY)], [202647, 202648]);
});

test("a right code is amber, however it is typed; a changed one, another week's or another shop's is none", async () => {
  const shop = await till();
  const code = await codeOf(claims(1));
  const spaced = `${code.slice(0, 4)} ${code.slice(4, 8)}-${code.slice(8)}`.toLowerCase();
  for (const text of [code, spaced]) {
    const { verdict, canConfirm, typed: found, offer: named } = await typed(shop, text);
    assert.deepEqual([verdict, canConfirm, found?.week, named?.number], ["short_code", true, WEEK, 12]);
  }
  for (let at = 0; at < 12; at++) {
    const other = code.slice(0, at) + (code[at] === "7" ? "8" : "7") + code.slice(at + 1);
    assert.equal((await typed(shop, other)).verdict, "short_unknown");
  }
  const foreign = [await codeOf(claims(1), WEEK - 1), await codeOf(claims(1), WEEK, new Uint8Array(32))];
  for (const text of foreign) assert.equal((await typed(shop, text)).verdict, "short_unknown");
  assert.equal(
    (await typed(shop, code, { trust: trustWith({}, { shortCode: false }) })).verdict,
    "short_unknown",
  );
});

test("a phone and a till that do not agree on midnight are forgiven five minutes, no more", async () => {
  const shop = await till();
  const [before, after] = [await codeOf(claims(1), 202647), await codeOf(claims(1), 202648)];
  const verdictAt = async (code: string, now: number) => (await typed(shop, code, { now })).verdict;
  assert.equal(await verdictAt(before, MONDAY + 299), "short_code");
  assert.equal(await verdictAt(before, MONDAY + 300), "short_unknown");
  assert.equal(await verdictAt(after, MONDAY - 301), "short_unknown");
  assert.equal(await verdictAt(after, MONDAY - 300), "short_code");
});

test("what keeps a till from deciding comes first, then its missing key", async () => {
  const shop = await till();
  const code = await codeOf(claims(1));
  const old = trustWith({ issued: NOON - 61 * DAY } as Partial<TrustList>);
  assert.equal((await typed(shop, code, { trust: { ...trustWith(), list: null } })).verdict, "no_list");
  assert.equal((await typed(shop, code, { trust: old, shortKey: null })).verdict, "list_too_old");
  assert.equal(
    (await typed(shop, code, { trust: { ...trustWith(), floor: NOON + 301 } })).verdict,
    "clock_wrong",
  );
  assert.equal((await typed(shop, code, { shortKey: null })).verdict, "short_no_key");
  const ended = trustWith({}, { validUntil: NOON });
  assert.equal((await typed(shop, code, { trust: ended })).verdict, "expired");
});

test("a tag that a revoked voucher has too asks for the whole code", async () => {
  const revoked = [claims(2).cti.slice(0, 6)];
  const verdict = async (name: number) => {
    return (await typed(await till(), await codeOf(claims(name)), { trust: trustWith({ revoked }) })).verdict;
  };
  assert.deepEqual([await verdict(2), await verdict(3)], ["short_revoked", "short_code"]);
});

test("typed twice in a week it serves once, also when two taps race; taken back it serves again", async () => {
  const shop = await till();
  const decision = await typed(shop, await codeOf(claims(1)));
  const outcomes = await Promise.allSettled([accept(shop, decision), accept(shop, decision)]);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  const again = await typed(shop, await codeOf(claims(1)));
  assert.deepEqual([again.verdict, again.details["row"]], ["already_accepted", 1]);
  await shop.journal.void(1, "mistake", NOON + 10);
  assert.equal((await typed(shop, await codeOf(claims(1)))).verdict, "short_code");
});

test("typed then scanned, scanned then typed: one right", async () => {
  const [a, b] = [await till(), await till()];
  await accept(a, await typed(a, await codeOf(claims(1))));
  assert.equal((await scanned(a, claims(1))).verdict, "used_up");
  assert.equal((await scanned(a, claims(2))).verdict, "paper");
  await assert.rejects(
    a.journal.accept(await draft(1), claims(1)),
    (failure) => failure instanceof JournalError && failure.code === "used_up",
  );
  await b.journal.accept(await draft(1), claims(1));
  assert.equal((await typed(b, await codeOf(claims(1)))).verdict, "already_accepted");
  // A week later the code is another one, but the voucher, known from its scan, was for one use in all.
  const later = MONDAY + DAY;
  assert.equal((await typed(b, await codeOf(claims(1), 202648), { now: later })).verdict, "used_up");
  assert.equal((await typed(b, await codeOf(claims(2), 202648), { now: later })).verdict, "short_code");
});

test("a neighbour that holds the key counts it, one without it keeps it as unproven, and neither believes a forgery", async () => {
  const [a, paired, unpaired] = [await till(), await till(), await till()];
  await accept(a, await typed(a, await codeOf(claims(1))));
  const forged = { ...(await typed(a, await codeOf(claims(2)))), evidence: ascii("7".repeat(12)) };
  await accept(a, forged);
  const names = { partner: "cars", till: "Entrée", key: a.key };
  const file = new Blob([(await exportRun(await a.journal.run(await a.journal.rows()), names)) as BlobPart]);
  const merge = ({ db, key }: Till, shortKey: Uint8Array | null) =>
    mergeExport(file, { db, partner: "cars", own: key.publicKey, keyring, shortKey });
  assert.equal((await merge(paired, SHORT_KEY)).unproven, 1);
  assert.equal((await merge(unpaired, null)).unproven, 2);
  const told = await typed(paired, await codeOf(claims(1)));
  assert.deepEqual([told.verdict, told.details["till"]], ["already_accepted", "Entrée"]);
  assert.equal((await scanned(paired, claims(1))).verdict, "used_up");
  assert.equal((await typed(paired, await codeOf(claims(2)))).verdict, "short_code");
});

test("a neighbour's row tells what a voucher allows", async () => {
  const [a, b] = [await till(), await till()];
  await a.journal.accept(await draft(1), claims(1));
  const names = { partner: "cars", till: "Entrée", key: a.key };
  const file = new Blob([(await exportRun(await a.journal.run(await a.journal.rows()), names)) as BlobPart]);
  const around = { db: b.db, partner: "cars", own: b.key.publicKey, keyring, shortKey: SHORT_KEY };
  assert.equal((await mergeExport(file, around)).unproven, 0);
  const later = await typed(b, await codeOf(claims(1), 202648), { now: MONDAY + DAY });
  assert.equal(later.verdict, "used_up");
});

test("a typed use outlives its row", async () => {
  const shop = await till();
  await accept(shop, await typed(shop, await codeOf(claims(1))));
  await shop.journal.refuse(await draft(9, { kind: Kind.REFUSED, effective: NOON + DAY }));
  const args = { db: shop.db, keyring, keep: 0, exported: 9 };
  assert.equal(await purge({ ...args, floor: NOON + DAY }), 1);
  assert.equal((await scanned(shop, claims(1), NOON + DAY)).verdict, "used_up");
  await purge({ ...args, floor: NOON + 400 * DAY });
  assert.equal((await shop.journal.accepted(keyId, claims(1).cti)).length, 0);
});

test("only twelve characters of the alphabet are a short code", () => {
  for (const text of ["7K2M 4Q9X B3TN", "7k2m-4q9x-b3tn", "OOOOIIIILLLL"]) assert.ok(isShortCode(text), text);
  for (const text of ["", "7K2M4Q9XB3T", "7K2M4Q9XB3TNN", "UUUUUUUUUUUU", "CJE1:ABCDEFG", "7".repeat(65)])
    assert.ok(!isShortCode(text), text);
});
