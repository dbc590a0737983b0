/** Tills in memory and bearer vouchers of one issuer, for the journal's tests. */
import "fake-indexeddb/auto";
import { openDatabase } from "../../till/store/database.ts";
import { type Draft, Journal } from "../../till/store/journal.ts";
import { makeTillKey, type TillKey } from "../../till/store/tillKey.ts";
import { type Claims, encodeVoucher, Period, signingInput } from "../../voucher/claims.ts";
import { fromSeed, kid } from "../../voucher/ed25519.ts";
import { Kind } from "../../voucher/journal.ts";
import { Keyring } from "../../voucher/keyring.ts";

export const NOON = 1_795_258_800; // 21 November 2026, 12:00 in Paris
export const issuer = await fromSeed(new Uint8Array(32).fill(1));
export const keyring = await Keyring.of([issuer.publicKey]);
export const keyId = await kid(issuer.publicKey);

export function claims(name: number): Claims {
  const cti = new Uint8Array(16).fill(name);
  const window = { notBefore: NOON - 1000, expires: NOON + 1_000_000 };
  return { ...window, cti, offer: 12, uses: 1, period: Period.TOTAL, holder: null };
}

export async function draft(name: number, changes: Partial<Draft> = {}): Promise<Draft> {
  const terms = claims(name);
  const evidence = encodeVoucher(terms, keyId, await issuer.sign(signingInput(terms, keyId)));
  const row = { time: NOON, effective: NOON, kind: Kind.ACCEPTED, verdict: "paper", kid: keyId, seq: 1 };
  const rest = { amount: null, saving: null, offset: null, listVersion: 1, voids: null, reason: null };
  return { ...row, ...rest, cti: terms.cti, offer: 12, evidence, ...changes };
}

export interface Till {
  readonly db: IDBDatabase;
  readonly key: TillKey;
  readonly journal: Journal;
}
let count = 0;

export async function till(): Promise<Till> {
  const db = await openDatabase(`merge ${++count}`);
  const key = await makeTillKey();
  return { db, key, journal: new Journal(db, key.publicKey) };
}

/** The partner's key of codes that are typed. */
export const SHORT_KEY = new Uint8Array(32).fill(9);
