/** The trust list of one partner: keys, offers and revocations in one signed file (trust-v1 §3). */

import { compare, equal } from "./bytes.ts";
import { MAX_OFFER, MAX_REFUSE_AFTER, MAX_TIME, MAX_TRUST, MIN_PREFIX, MIN_TIME } from "./caps.ts";
import * as cbor from "./cbor.ts";
import type { Value } from "./cbor.ts";
import { type Claims, CTI_SIZE, type Voucher } from "./claims.ts";
import * as cosign from "./cosign.ts";
import { CosignedFile } from "./cosign.ts";
import { checkKey, kid } from "./ed25519.ts";
import { malformed } from "./errors.ts";
import { Keyring } from "./keyring.ts";
import type { Root } from "./root.ts";
import { Fields, integer, rising } from "./shape.ts";

/** What a key may sign: vouchers of its offers, useFrom ≤ nbf < useUntil, exp ≤ acceptUntil. */
export interface IssuingKey {
  readonly key: Uint8Array;
  readonly useFrom: number;
  readonly useUntil: number;
  readonly acceptUntil: number;
  readonly offers: readonly number[];
}

/** Tell whether a voucher is within a key's window and offers (trust-v1 §3.3). */
export function maySign(key: IssuingKey, claims: Claims): boolean {
  const inWindow = key.useFrom <= claims.notBefore && claims.notBefore < key.useUntil;
  return inWindow && claims.expires <= key.acceptUntil && key.offers.includes(claims.offer);
}

/** What a till can compute: nothing, `percent` (1..100) of the amount typed, or the same `cents` at each use. */
export type Saving =
  | { readonly kind: "none" }
  | { readonly kind: "percent"; readonly percent: number }
  | { readonly kind: "amount"; readonly cents: number };

/** What a till must know of an offer, and what its cashier must read. */
export interface TrustedOffer {
  readonly number: number;
  readonly title: string;
  readonly headline: string;
  readonly terms: readonly string[];
  readonly notAllowed: readonly string[];
  readonly validFrom: number;
  readonly validUntil: number;
  readonly paper: boolean;
  readonly shortCode: boolean;
  readonly identityCheck: boolean;
  readonly amountAsked: boolean;
  readonly saving: Saving;
}

/** The fields of a list. Times and ages in seconds. */
export interface TrustContent {
  readonly version: number;
  readonly issued: number;
  readonly expires: number;
  readonly freshFor: number;
  readonly refuseAfter: number;
  readonly minApp: number;
  readonly rootVersion: number;
  readonly demo: boolean;
  readonly partner: string;
  readonly partnerName: string;
  readonly keys: readonly IssuingKey[];
  readonly offers: readonly TrustedOffer[];
  /** Length of the prefixes in `revoked`, 6..16. */
  readonly prefix: number;
  /** Sorted prefixes of revoked cti, all `prefix` bytes long. */
  readonly revoked: readonly Uint8Array[];
  /** All vouchers of key `kid` with nbf below `notBefore` are revoked. */
  readonly batches: readonly { readonly kid: Uint8Array; readonly notBefore: number }[];
}

/** One version of one partner's list, verified and read. */
export class TrustList implements TrustContent {
  declare readonly version: number;
  declare readonly issued: number;
  declare readonly expires: number;
  declare readonly freshFor: number;
  declare readonly refuseAfter: number;
  declare readonly minApp: number;
  declare readonly rootVersion: number;
  declare readonly demo: boolean;
  declare readonly partner: string;
  declare readonly partnerName: string;
  declare readonly keys: readonly IssuingKey[];
  declare readonly offers: readonly TrustedOffer[];
  declare readonly prefix: number;
  declare readonly revoked: readonly Uint8Array[];
  declare readonly batches: TrustContent["batches"];

  private constructor(
    content: TrustContent,
    private readonly ring: Keyring,
  ) {
    Object.assign(this, content);
  }

  /** Rejects with `bad_key`: two issuing keys share a kid. */
  static async of(content: TrustContent): Promise<TrustList> {
    return new TrustList(content, await Keyring.of(content.keys.map((entry) => entry.key)));
  }

  /** The table of this list's issuing keys. */
  keyring(): Keyring {
    return this.ring;
  }

  /** This partner's offer, or null when it is not this partner's. */
  offer(number: number): TrustedOffer | null {
    return this.offers.find((offer) => offer.number === number) ?? null;
  }

  /** The entry of a key that this list's keyring found. */
  issuingKey(key: Uint8Array): IssuingKey {
    return this.keys.find((entry) => equal(entry.key, key))!;
  }

  /** Tell whether a voucher is revoked by its id or with its batch (trust-v1 §3.4). */
  async revokes(voucher: Voucher): Promise<boolean> {
    const { cti, notBefore } = voucher.claims;
    if (includes(this.revoked, cti.subarray(0, this.prefix))) return true;
    if (!this.batches.length) return false;
    const issuer = await kid(voucher.key);
    return this.batches.some((batch) => equal(issuer, batch.kid) && notBefore < batch.notBefore);
  }
}

/** The payload that the trust keys sign. */
export function encodeTrust(trust: TrustContent): Uint8Array {
  const keys = [...trust.keys].sort((a, b) => compare(a.key, b.key));
  const offers = [...trust.offers].sort((a, b) => a.number - b.number);
  const revoked = [...trust.revoked].sort(compare);
  const distinct = revoked.filter((prefix, i) => i === 0 || !equal(prefix, revoked[i - 1]!));
  const batches = [...trust.batches].sort(compareBatches);
  return cbor.dumps(
    record(
      trust.version,
      trust.issued,
      trust.expires,
      trust.freshFor,
      trust.refuseAfter,
      trust.minApp,
      trust.rootVersion,
      trust.demo,
      trust.partner,
      trust.partnerName,
      keys.map(encodeKey),
      offers.map(encodeOffer),
      [trust.prefix, Uint8Array.from(distinct.flatMap((prefix) => Array.from(prefix)))],
      batches.map((batch) => [batch.kid, batch.notBefore]),
    ),
  );
}

/** What one trust key signs. */
export async function signingInput(payload: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
  return cosign.toSign(cosign.TRUST, await kid(publicKey), payload);
}

/** The trust list's file from the signatures by public key. */
export async function assemble(
  payload: Uint8Array,
  signatures: readonly { key: Uint8Array; signature: Uint8Array }[],
): Promise<Uint8Array> {
  const rows = signatures.map(async ({ key, signature }) => ({ keyId: await kid(key), signature }));
  return cosign.assemble(cosign.TRUST, payload, await Promise.all(rows));
}

/**
 * Verify a trust list under a root's trust quorum, then read it; installing it is the verifier's matter.
 *
 * Rejects with `too_big`, `malformed`, `unknown_key`, `bad_signature`, `bad_key` or `update_app`.
 */
export async function decodeTrust(data: Uint8Array, root: Root): Promise<TrustList> {
  const payload = await new CosignedFile(data, cosign.TRUST, MAX_TRUST).open(root.trust);
  const fields = new Fields(cbor.loads(payload), 14);
  const { prefix, revoked } = readRevoked(fields.items(13));
  const content: TrustContent = {
    version: fields.integer(1, 1, MAX_TIME),
    issued: fields.integer(2, MIN_TIME, MAX_TIME),
    expires: fields.integer(3, MIN_TIME, MAX_TIME),
    freshFor: fields.integer(4, 1, MAX_REFUSE_AFTER),
    refuseAfter: fields.integer(5, 1, MAX_REFUSE_AFTER),
    minApp: fields.integer(6, 0, MAX_TIME),
    rootVersion: fields.integer(7, 1, MAX_TIME),
    demo: fields.boolean(8),
    partner: fields.slug(9),
    partnerName: fields.text(10, 1, 80),
    keys: await readKeys(fields.items(11)),
    offers: fields.items(12).map(readOffer),
    prefix,
    revoked,
    batches: fields.items(14).map(readBatch),
  };
  checkOrder(content);
  return TrustList.of(content);
}

function checkOrder(trust: TrustContent): void {
  const sorted =
    rising(trust.keys, (a, b) => compare(a.key, b.key)) &&
    rising(trust.offers, (a, b) => a.number - b.number) &&
    rising(trust.revoked, compare) &&
    rising(trust.batches, compareBatches);
  if (!sorted) throw malformed("trust list: not sorted and distinct");
  if (trust.issued >= trust.expires || trust.freshFor > trust.refuseAfter)
    throw malformed("trust list: times");
}

type Batch = TrustContent["batches"][number];

function compareBatches(a: Batch, b: Batch): number {
  return compare(a.kid, b.kid) || a.notBefore - b.notBefore;
}

/** A map with the keys 1, 2, 3 … */
function record(...values: Value[]): Value {
  return new Map(values.map((value, i) => [i + 1, value]));
}

function encodeKey(entry: IssuingKey): Value {
  const offers = [...entry.offers].sort((a, b) => a - b);
  return record(entry.key, entry.useFrom, entry.useUntil, entry.acceptUntil, offers);
}

async function readKeys(items: Value[]): Promise<IssuingKey[]> {
  const keys: IssuingKey[] = [];
  for (const item of items) keys.push(await readKey(item));
  return keys;
}

async function readKey(item: Value): Promise<IssuingKey> {
  const fields = new Fields(item, 5);
  const offers = fields.integers(5);
  if (!rising(offers, (a, b) => a - b)) throw malformed("issuing key: offers");
  for (const number of offers) integer(number, 1, MAX_OFFER);
  const useFrom = fields.integer(2, MIN_TIME, MAX_TIME);
  const useUntil = fields.integer(3, MIN_TIME, MAX_TIME);
  const acceptUntil = fields.integer(4, MIN_TIME, MAX_TIME);
  if (useFrom >= useUntil || useUntil > acceptUntil) throw malformed("issuing key: times");
  return { key: await checkKey(fields.data(1, 32, 32)), useFrom, useUntil, acceptUntil, offers };
}

function encodeOffer(offer: TrustedOffer): Value {
  return record(
    offer.number,
    offer.title,
    [...offer.terms],
    [...offer.notAllowed],
    offer.validFrom,
    offer.validUntil,
    offer.paper,
    offer.shortCode,
    offer.identityCheck,
    offer.amountAsked,
    encodeSaving(offer.saving),
    offer.headline,
  );
}

function readOffer(item: Value): TrustedOffer {
  const fields = new Fields(item, 12);
  const offer: TrustedOffer = {
    number: fields.integer(1, 1, MAX_OFFER),
    title: fields.text(2, 1, 120),
    terms: fields.texts(3),
    notAllowed: fields.texts(4),
    validFrom: fields.integer(5, MIN_TIME, MAX_TIME),
    validUntil: fields.integer(6, MIN_TIME, MAX_TIME),
    paper: fields.boolean(7),
    shortCode: fields.boolean(8),
    identityCheck: fields.boolean(9),
    amountAsked: fields.boolean(10),
    saving: readSaving(fields.items(11)),
    headline: fields.text(12, 0, 40),
  };
  if (offer.validFrom >= offer.validUntil) throw malformed("offer: times");
  return offer;
}

function encodeSaving(saving: Saving): Value {
  if (saving.kind === "percent") return [1, saving.percent];
  return saving.kind === "amount" ? [2, saving.cents] : [0];
}

function readSaving(items: Value[]): Saving {
  const [kind, value] = items;
  if (kind === 0 && items.length === 1) return { kind: "none" };
  if (kind === 1 && items.length === 2) return { kind: "percent", percent: integer(value, 1, 100) };
  if (kind === 2 && items.length === 2) return { kind: "amount", cents: integer(value, 0, MAX_TIME) };
  throw malformed("offer: saving");
}

function readRevoked(items: Value[]): { prefix: number; revoked: Uint8Array[] } {
  const [size, joined] = items;
  const prefix = integer(size, MIN_PREFIX, CTI_SIZE);
  if (items.length !== 2 || !(joined instanceof Uint8Array) || joined.length % prefix) {
    throw malformed("trust list: revocations");
  }
  const revoked: Uint8Array[] = [];
  for (let at = 0; at < joined.length; at += prefix) revoked.push(joined.subarray(at, at + prefix));
  return { prefix, revoked };
}

function readBatch(item: Value): Batch {
  const [keyId, before] = Array.isArray(item) && item.length === 2 ? item : [];
  if (!(keyId instanceof Uint8Array) || keyId.length !== 4) throw malformed("trust list: batch");
  return { kid: keyId, notBefore: integer(before, MIN_TIME, MAX_TIME) };
}

/** Binary search in sorted bytes. */
function includes(sorted: readonly Uint8Array[], wanted: Uint8Array): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle]!, wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && equal(sorted[low]!, wanted);
}
