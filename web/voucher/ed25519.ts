/**
 * Ed25519 under one rule for all engines (voucher-v1 §5, RFC 8032).
 *
 * Engines agree on honest signatures and differ on crafted ones; the rule refuses those before an engine sees them.
 * WebCrypto where it has Ed25519; else a fallback that is loaded only then.
 */

import { concat, fromHex, sha256, toHex } from "./bytes.ts";
import { VoucherError } from "./errors.ts";

export const KEY_SIZE = 32;
export const SIGNATURE_SIZE = 64;

const L = fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

// y of the eight small-order points, and 0 and 1 also as y + p: with both signs, the 14 encodings.
const SMALL_Y = new Set([
  "00".repeat(32),
  "01" + "00".repeat(31),
  "ec" + "ff".repeat(30) + "7f",
  "ed" + "ff".repeat(30) + "7f",
  "ee" + "ff".repeat(30) + "7f",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
]);

/** What signs: a non-extractable key where WebCrypto has Ed25519, else the seed itself (32 bytes). Both can be stored. */
export type Secret = CryptoKey | Uint8Array;

/** A key pair made from a seed. `cryptoKey` is null on a browser without Ed25519: store `secret`, which is then the seed. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  readonly cryptoKey: CryptoKey | null;
  readonly secret: Secret;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The key's identifier: the first 4 bytes of SHA-256 over its 32 bytes (voucher-v1 §2). */
export async function kid(publicKey: Uint8Array): Promise<Uint8Array> {
  return (await sha256(publicKey)).slice(0, 4);
}

/**
 * The key if it may be trusted; done once, when a key leaves a trust file.
 *
 * Rejects with `bad_key`: not 32 bytes, not canonical, or outside the prime-order subgroup (voucher-v1 §5.2).
 */
export async function checkKey(publicKey: Uint8Array): Promise<Uint8Array> {
  const usable = publicKey.length === KEY_SIZE && isPlainPoint(publicKey);
  if (!usable || !(await fallback()).isInPrimeOrderSubgroup(publicKey)) {
    throw new VoucherError("bad_key", "not a usable key");
  }
  return publicKey;
}

/** Tell whether `signature` (64 bytes) over `message` holds under `publicKey` (32 bytes). Never rejects. */
export async function verify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (!passesRule(publicKey, signature)) return false;
  if (!(await hasEd25519())) return (await fallback()).verify(publicKey, message, signature);
  try {
    const key = await importPublic(publicKey);
    return await crypto.subtle.verify("Ed25519", key, signature as BufferSource, message as BufferSource);
  } catch {
    return false; // an engine may refuse a point as soon as it is imported
  }
}

/** What is refused before an engine is asked: lengths, S ≥ L, A or R not canonical or of small order. */
export function passesRule(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    publicKey.length === KEY_SIZE &&
    signature.length === SIGNATURE_SIZE &&
    isBelowL(signature.subarray(32)) &&
    isPlainPoint(publicKey) &&
    isPlainPoint(signature.subarray(0, 32))
  );
}

/** Make the key pair of a seed (32 bytes); its private half cannot be read back from WebCrypto. */
export async function fromSeed(seed: Uint8Array): Promise<SigningKey> {
  const has = await hasEd25519();
  const secret: Secret = has ? await importSeed(seed, false) : seed;
  const publicKey = has ? await publicOf(seed) : await (await fallback()).publicKey(seed);
  const cryptoKey = has ? (secret as CryptoKey) : null;
  return { publicKey, cryptoKey, secret, sign: (message) => signWith(secret, message) };
}

/** Sign with a stored secret: what `SigningKey.secret` was. */
export async function signWith(secret: Secret, message: Uint8Array): Promise<Uint8Array> {
  if (secret instanceof Uint8Array) return (await fallback()).sign(secret, message);
  return new Uint8Array(await crypto.subtle.sign("Ed25519", secret, message as BufferSource));
}

let known: Promise<boolean> | undefined;

/** Tell once whether WebCrypto takes Ed25519 keys: RFC 8032 §7.1's first public key is offered to it. */
export function hasEd25519(): Promise<boolean> {
  known ??= importPublic(fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")).then(
    () => true,
    () => false,
  );
  return known;
}

function fallback(): Promise<typeof import("./ed25519Fallback.ts")> {
  return import("./ed25519Fallback.ts");
}

async function importPublic(publicKey: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", publicKey as BufferSource, "Ed25519", false, ["verify"]);
}

/** PKCS #8 of a seed: RFC 8410 §7. */
function importSeed(seed: Uint8Array, extractable: boolean): Promise<CryptoKey> {
  const pkcs8 = concat(fromHex("302e020100300506032b657004220420"), seed);
  return crypto.subtle.importKey("pkcs8", pkcs8 as BufferSource, "Ed25519", extractable, ["sign"]);
}

/** WebCrypto gives a public key from a private one only through the JWK form (RFC 8037 §2). */
async function publicOf(seed: Uint8Array): Promise<Uint8Array> {
  const { x } = await crypto.subtle.exportKey("jwk", await importSeed(seed, true));
  const base64 = x!.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function isBelowL(scalar: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) if (scalar[i] !== L[i]) return scalar[i]! < L[i]!;
  return false;
}

/** Canonical (y < p) and not one of the 14 encodings of small order. */
function isPlainPoint(point: Uint8Array): boolean {
  const y = point.slice();
  y[31]! &= 0x7f;
  const noncanonical = y[0]! >= 0xed && y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff);
  return !noncanonical && !SMALL_Y.has(toHex(y));
}
