/** What a voucher says (voucher-v1 §2), read only from a payload whose signature holds. */

import { MAX_OFFER, MAX_TIME, MAX_USES, MAX_VALIDITY, MIN_TIME } from "./caps.ts";
import * as cbor from "./cbor.ts";
import type { Value } from "./cbor.ts";
import { assemble, Envelope, toSign } from "./envelope.ts";
import { malformed, VoucherError } from "./errors.ts";
import { type Keyring, protectedHeader } from "./keyring.ts";
import { integer } from "./shape.ts";

export const TERMS = -65537; // our private-use claim: [offer, uses, period]
export const CTI_SIZE = 16;
export const HOLDER_SIZE = 32;

/** How long `uses` counts, in Europe/Paris (voucher-v1 §2.3). */
export const Period = { TOTAL: 0, DAY: 1, WEEK: 2, MONTH: 3 } as const;
export type Period = (typeof Period)[keyof typeof Period];

/** One voucher's content; valid while notBefore ≤ now < expires (seconds since 1970). */
export interface Claims {
  readonly notBefore: number;
  readonly expires: number;
  /** The voucher's id, 16 bytes. */
  readonly cti: Uint8Array;
  readonly offer: number;
  /** Redemptions in each period, 1..255; 0 without limit. */
  readonly uses: number;
  readonly period: Period;
  /** The holder's Ed25519 public key, 32 bytes; null for a bearer voucher. */
  readonly holder: Uint8Array | null;
}

/** A voucher whose signature holds: its claims and the issuing key (32 bytes) that signed them. */
export interface Voucher {
  readonly claims: Claims;
  readonly key: Uint8Array;
}

/** The payload's bytes in their one form. Throws `malformed`: a field out of its bounds. */
export function encodeClaims(claims: Claims): Uint8Array {
  check(claims);
  const { expires, notBefore, cti, holder, offer, uses, period } = claims;
  const map = new Map<number, Value>([
    [4, expires],
    [5, notBefore],
    [7, cti],
    [TERMS, [offer, uses, period]],
  ]);
  if (holder) {
    const key = new Map<number, Value>([
      [1, 1],
      [-1, 6],
      [-2, holder],
    ]);
    map.set(8, new Map([[1, key]]));
  }
  return cbor.dumps(map);
}

/** Read a payload whose signature holds. Throws `update_app` (claims of a newer version) or `malformed`. */
export function decodeClaims(payload: Uint8Array): Claims {
  const map = cbor.loads(payload);
  if (!(map instanceof Map) || ![4, 5, 7, TERMS].every((key) => map.has(key)))
    throw malformed("claims: shape");
  if (map.size !== (map.has(8) ? 5 : 4)) throw new VoucherError("update_app", "a claim of a newer version");
  const terms = map.get(TERMS);
  if (!Array.isArray(terms) || terms.length !== 3) throw malformed("claims: terms");
  const claims: Claims = {
    notBefore: integer(map.get(5), MIN_TIME, MAX_TIME),
    expires: integer(map.get(4), MIN_TIME, MAX_TIME),
    cti: data(map.get(7)),
    offer: integer(terms[0], 1, MAX_OFFER),
    uses: integer(terms[1], 0, MAX_USES),
    period: integer(terms[2], 0, Period.MONTH) as Period,
    holder: map.has(8) ? holderOf(map.get(8)!) : null,
  };
  check(claims);
  return claims;
}

/** The bytes that an issuing key with identifier `keyId` (4 bytes) signs. */
export function signingInput(claims: Claims, keyId: Uint8Array): Uint8Array {
  return toSign(protectedHeader(keyId), encodeClaims(claims));
}

/** The voucher's bytes from its claims and the signature over `signingInput`. */
export function encodeVoucher(claims: Claims, keyId: Uint8Array, signature: Uint8Array): Uint8Array {
  return assemble(protectedHeader(keyId), encodeClaims(claims), signature);
}

/**
 * Verify, then read, a voucher's bytes, in the order of voucher-v1 §3.
 *
 * Rejects with `malformed`, `unknown_key`, `bad_signature` or `update_app`: the first check that fails.
 */
export async function decodeVoucher(data: Uint8Array, keyring: Keyring): Promise<Voucher> {
  const { key, payload } = await new Envelope(data).open(keyring);
  return { claims: decodeClaims(payload), key };
}

function check(claims: Claims): void {
  const { notBefore, expires, cti, offer, uses, period, holder } = claims;
  integer(notBefore, MIN_TIME, MAX_TIME);
  integer(expires, notBefore + 1, Math.min(MAX_TIME, notBefore + MAX_VALIDITY));
  integer(offer, 1, MAX_OFFER);
  integer(uses, 0, MAX_USES);
  integer(period, 0, uses === 0 ? Period.TOTAL : Period.MONTH);
  if (cti.length !== CTI_SIZE || (holder && holder.length !== HOLDER_SIZE)) throw malformed("claims: length");
}

/** The holder's key of claim 8, `{1: {1: 1, -1: 6, -2: key}}` (RFC 8747 §3.2, RFC 9053 §7.2). */
function holderOf(cnf: Value): Uint8Array {
  const key = cnf instanceof Map && cnf.size === 1 ? cnf.get(1) : null;
  if (!(key instanceof Map) || key.size !== 3 || key.get(1) !== 1 || key.get(-1) !== 6) {
    throw malformed("claims: holder's key");
  }
  return data(key.get(-2));
}

function data(value: Value | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw malformed("claims: bytes");
  return value;
}
