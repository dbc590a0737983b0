/**
 * Ed25519 for browsers whose WebCrypto lacks it, and the subgroup check that no WebCrypto offers.
 *
 * Only noble's point arithmetic is used: its own `verify` is cofactored, even with `zip215: false`, and would
 * accept signatures that every other engine of the project refuses. Callers have applied the rule's checks.
 */

import { getPublicKeyAsync, Point, signAsync } from "@noble/ed25519";

import { concat, equal } from "./bytes.ts";

const ORDER = Point.CURVE().n;

/** Cofactorless: encode([S]B − [k]A) = R, bytes compared (voucher-v1 §5.1). */
export async function verify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const a = pointOf(publicKey);
  if (!a) return false;
  const r = signature.subarray(0, 32);
  const digest = await crypto.subtle.digest("SHA-512", concat(r, publicKey, message) as BufferSource);
  const k = number(new Uint8Array(digest)) % ORDER;
  const s = number(signature.subarray(32));
  const computed = Point.BASE.multiply(s, false).add(a.negate().multiply(k, false));
  return equal(computed.toBytes(), r);
}

/** Tell whether 32 bytes are the encoding of a point of the prime-order subgroup. */
export function isInPrimeOrderSubgroup(publicKey: Uint8Array): boolean {
  return pointOf(publicKey)?.isTorsionFree() ?? false;
}

export async function publicKey(seed: Uint8Array): Promise<Uint8Array> {
  return getPublicKeyAsync(seed);
}

export async function sign(seed: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  return signAsync(message, seed);
}

function pointOf(data: Uint8Array): Point | null {
  try {
    return Point.fromBytes(data, false);
  } catch {
    return null;
  }
}

/** Little-endian. */
function number(data: Uint8Array): bigint {
  return data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
