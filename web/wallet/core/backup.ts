/**
 * A backup in one encrypted file: `CJES1` || salt[16] || iv[12] || AES-256-GCM(key, JSON).
 *
 * key = PBKDF2-HMAC-SHA256(passphrase, salt, 600,000 rounds), the figure that OWASP gives for it (2023). The file is as
 * strong as the passphrase: a short one can be guessed by a machine.
 */

import { ascii, concat, equal } from "../../voucher/bytes.ts";
import type { Card, Use } from "./card.ts";
import { WalletError } from "./errors.ts";

const MAGIC = ascii("CJES1");
const SALT = 16;
const IV = 12;
const ROUNDS = 600_000;
export const LEAST_PASSPHRASE = 8;
// A hundred cards of the largest size; more is not a backup of ours.
export const MAX_BACKUP = 64 * 1024 * 1024;

export interface Backup {
  readonly version: 1;
  /** Codes and the encrypted files: enough to restore without any network. */
  readonly cards: readonly { readonly id: string; readonly code: string; readonly file: string }[];
  readonly counters: Readonly<Record<string, number>>;
  readonly uses: readonly Use[];
  readonly favourites: readonly number[];
}

export function backupOf(
  cards: readonly Card[],
  counters: Readonly<Record<string, number>>,
  uses: readonly Use[],
  favourites: readonly number[],
): Backup {
  const kept = cards.map(({ id, code, file }) => ({ id, code, file: toBase64(file) }));
  return { version: 1, cards: kept, counters, uses: uses.map(({ id: _, ...use }) => use), favourites };
}

export async function sealBackup(backup: Backup, passphrase: string): Promise<Uint8Array> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT));
  const iv = crypto.getRandomValues(new Uint8Array(IV));
  const key = await keyOf(passphrase, salt, "encrypt");
  const content = new TextEncoder().encode(JSON.stringify(backup));
  const sealed = await crypto.subtle.encrypt(parameters(iv), key, content);
  return concat(MAGIC, salt, iv, new Uint8Array(sealed));
}

/** @throws WalletError `tampered`: another passphrase, another file, or a damaged one; `update_app`: a newer version. */
export async function openBackup(file: Uint8Array, passphrase: string): Promise<Backup> {
  const [salt, iv, sealed] = [file.slice(5, 21), file.slice(21, 33), file.slice(33)];
  if (!equal(file.subarray(0, 5), MAGIC)) throw new WalletError("tampered");
  const key = await keyOf(passphrase, salt, "decrypt");
  try {
    const content = await crypto.subtle.decrypt(parameters(iv), key, sealed);
    const backup = JSON.parse(new TextDecoder().decode(content)) as Backup;
    if (backup.version !== 1) throw new WalletError("update_app");
    return backup;
  } catch (cause) {
    if (cause instanceof WalletError) throw cause;
    throw new WalletError("tampered", { cause });
  }
}

function parameters(iv: Uint8Array): AesGcmParams {
  return { name: "AES-GCM", iv: iv as BufferSource, additionalData: MAGIC as BufferSource };
}

async function keyOf(passphrase: string, salt: Uint8Array, use: KeyUsage): Promise<CryptoKey> {
  // NFC, so that an accent typed on another phone gives the same key.
  const bytes = new TextEncoder().encode(passphrase.normalize("NFC"));
  const material = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveKey"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt: salt as BufferSource, iterations: ROUNDS };
  return crypto.subtle.deriveKey(parameters, material, { name: "AES-GCM", length: 256 }, false, [use]);
}

export function toBase64(data: Uint8Array): string {
  let text = "";
  for (const byte of data) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
