/**
 * A PIN as a key: PBKDF2-HMAC-SHA256, since no browser's WebCrypto has Argon2. It slows a person down, not a machine:
 * ten thousand PINs of four digits are soon tried by whoever has copied the storage. `pin.strength` says so.
 */

import { ascii, concat, equal } from "../../voucher/bytes.ts";

/** The figure that OWASP gives for PBKDF2-HMAC-SHA256 (2023); kept with each PIN, so that it can rise. */
const ROUNDS = 600_000;
const SALT = 16;
const IV = 12;
const CHECK = "cje-pin";
const PIN = /^[0-9]{4,12}$/;

/** What is stored of a PIN: nothing that tells it but by trying. */
export interface PinRecord {
  readonly salt: Uint8Array;
  readonly rounds: number;
  /** A known text, sealed: tells a right PIN from a wrong one where there is no card. */
  readonly check: Uint8Array;
}

export interface Lock {
  readonly key: CryptoKey;
  readonly record: PinRecord;
}

/** Wrong PINs in a row, and the phone time in seconds before which none is tried. */
export interface Tries {
  readonly count: number;
  readonly until: number;
}

export const NO_TRIES: Tries = { count: 0, until: 0 };
const FREE_TRIES = 5;
const LONGEST_WAIT = 900;

export const isPin = (text: string): boolean => PIN.test(text);

export async function newLock(pin: string): Promise<Lock> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT));
  const key = await keyOf(pin, salt, ROUNDS);
  return { key, record: { salt, rounds: ROUNDS, check: await seal(key, CHECK, CHECK) } };
}

/** The lock that a PIN opens, or null: a wrong PIN. */
export async function openLock(record: PinRecord, pin: string): Promise<Lock | null> {
  const key = await keyOf(pin, record.salt, record.rounds);
  return (await unseal(key, CHECK, record.check)) === CHECK ? { key, record } : null;
}

export function sameLock(a: PinRecord | null | undefined, b: PinRecord | null | undefined): boolean {
  return a && b ? equal(a.salt, b.salt) : !a && !b;
}

/** After one more try: five are free, then the wait doubles from 30 s to a quarter of an hour. */
export function tried({ count }: Tries, now: number): Tries {
  const over = count + 1 - FREE_TRIES;
  const wait = over < 0 ? 0 : Math.min(LONGEST_WAIT, 30 * 2 ** over);
  return { count: count + 1, until: now + wait };
}

/** Seconds to wait before the next try. A clock that was set back must not lock a person out for years. */
export function waiting({ until }: Tries, now: number): number {
  return Math.min(LONGEST_WAIT, Math.max(0, until - now));
}

/** @param name bound to the seal: one card's cannot stand for another's. */
export async function seal(key: CryptoKey, name: string, text: string): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(IV));
  const sealed = await crypto.subtle.encrypt(parameters(iv, name), key, ascii(text) as BufferSource);
  return concat(iv, new Uint8Array(sealed));
}

/** The text, or null: another key, another name, or damaged. */
export async function unseal(key: CryptoKey, name: string, sealed: Uint8Array): Promise<string | null> {
  const [iv, data] = [sealed.slice(0, IV), sealed.slice(IV)];
  const opened = await crypto.subtle.decrypt(parameters(iv, name), key, data).catch(() => null);
  return opened && new TextDecoder().decode(opened);
}

function parameters(iv: Uint8Array, name: string): AesGcmParams {
  return { name: "AES-GCM", iv: iv as BufferSource, additionalData: ascii(name) as BufferSource };
}

async function keyOf(pin: string, salt: Uint8Array, rounds: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", ascii(pin) as BufferSource, "PBKDF2", false, [
    "deriveKey",
  ]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: salt as BufferSource, iterations: rounds };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
}
