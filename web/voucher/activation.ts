/** The activation code and what is derived from it: bundle-v1 §1 and §2. */

import { ascii, concat, hmacSha256, toHex } from "./bytes.ts";
import { fromSeed, type SigningKey } from "./ed25519.ts";
import { malformed } from "./errors.ts";
import { isLonger } from "./shape.ts";

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford: no I, L, O, U
export const LENGTH = 20;
export const MAX_TYPED = 4096; // a pasted message; more is not one

/** What may stand between two characters of a typed code; the same list in `voucher/activation.py`. */
export const SEPARATORS = " \t\r\n\u00a0\u2009\u202f-\u2010\u2011\u2013.·_";

const REDUCTION = 0b100101; // x^5 + x^2 + 1
const READ_AS: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1" };

/**
 * Find the code in what a person typed or pasted: its canonical 20 characters.
 *
 * Throws `malformed`: no well-formed code in it, or its check character tells a typing mistake.
 */
export function normalise(typed: string): string {
  if (isLonger(typed, MAX_TYPED)) throw malformed("activation code: text too long");
  const text = typed.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  for (let at = 0; at < text.length; at++) {
    // A code starts and ends at a boundary, and a word before it may look like its start.
    const code = isWordCharacter(text[at - 1]) ? null : readAt(text, at);
    if (code && isWellFormed(code)) return code;
  }
  throw malformed("activation code");
}

/** The code as people see it: five groups of four with hyphens. */
export function grouped(code: string): string {
  return code.replace(/....(?=.)/g, "$&-");
}

/** The 16 bytes that place the bundle's file. */
export function bundlePlace(code: string): Promise<Uint8Array> {
  return derive(code, ascii("cje/bundle/path"), 16);
}

/** The bundle's address below the site: `w/aa/aabb….bin`. */
export function fileName(place: Uint8Array): string {
  const name = toHex(place);
  return `w/${name.slice(0, 2)}/${name}.bin`;
}

/** The AES-256-GCM key, 32 bytes. */
export function bundleKey(code: string): Promise<Uint8Array> {
  return derive(code, ascii("cje/bundle/key"), 32);
}

/** The Ed25519 seed (32 bytes) of the holder's key of one voucher. */
export function holderSeed(code: string, cti: Uint8Array): Promise<Uint8Array> {
  return derive(code, concat(ascii("cje/holder"), cti), 32);
}

/** The holder's key of one voucher; its private half cannot be read back where WebCrypto has Ed25519. */
export async function holderKey(code: string, cti: Uint8Array): Promise<SigningKey> {
  return fromSeed(await holderSeed(code, cti));
}

/** HKDF-SHA256 (RFC 5869) over a canonical code. */
export async function derive(code: string, info: Uint8Array, size: number): Promise<Uint8Array> {
  const key = await hmacSha256(ascii("cje-v1"), ascii(code));
  return (await hmacSha256(key, concat(info, [1]))).slice(0, size);
}

function readAt(text: string, start: number): string | null {
  let code = "";
  let at = start;
  for (; at < text.length && code.length < LENGTH; at++) {
    const character = READ_AS[text[at]!] ?? text[at]!;
    if (ALPHABET.includes(character)) code += character;
    else if (!code || !SEPARATORS.includes(character)) return null;
  }
  return code.length === LENGTH && !isWordCharacter(text[at]) ? code : null;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[0-9A-Z]/.test(character);
}

/** Evaluate the polynomial with these coefficients at α in GF(32), by Horner's rule (bundle-v1 §1.2). */
function isWellFormed(code: string): boolean {
  let value = 0;
  for (const character of code) value = timesX(value) ^ ALPHABET.indexOf(character);
  return value === 0;
}

function timesX(value: number): number {
  const doubled = value << 1;
  return doubled & 32 ? doubled ^ REDUCTION : doubled;
}
