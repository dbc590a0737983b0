/**
 * Cards between the disk and the page. Under a PIN the disk holds a card's encrypted file and its sealed code: vouchers,
 * promo codes and holder keys are worked out again from the two once the PIN is known, and stay in memory.
 */

import type { Bundle } from "../../voucher/bundle.ts";
import { equal } from "../../voucher/bytes.ts";
import type { Card, Holder } from "../core/card.ts";
import { WalletError } from "../core/errors.ts";
import { sameLock, seal, unseal, type Lock, type PinRecord } from "../core/pin.ts";
import { readCard } from "../core/reading.ts";
import type { Database } from "./database.ts";
import { fact, PIN } from "./facts.ts";

/** A card under a PIN. */
export type SealedCard = Omit<Card, "code" | "bundle"> & { readonly sealed: Uint8Array };
export type StoredCard = Card | SealedCard;

let lock: Lock | null = null;
const opened = new Map<
  string,
  { readonly file: Uint8Array; readonly code: string; readonly bundle: Bundle }
>();

/** From here on cards are read and written under this lock; null: without any. */
export function holdLock(next: Lock | null): void {
  lock = next;
  opened.clear();
}

export const hasLock = (): boolean => lock !== null;

/** Whether a PIN stands between the page and its cards. */
export async function isLocked(db: Database): Promise<boolean> {
  return lock === null && (await fact(db, PIN)) !== null;
}

/** Whether this page still has the lock that the disk has: another tab may have set, changed or removed the PIN. */
export function holds(record: PinRecord | null | undefined): boolean {
  return sameLock(record, lock?.record);
}

/** @throws WalletError `unexpected`: sealed under another PIN; opening the page again asks for it. */
export async function fromStore(stored: StoredCard): Promise<Card> {
  if (!("sealed" in stored)) return stored;
  const { sealed, ...facts } = stored;
  const known = opened.get(stored.id);
  if (known && equal(known.file, stored.file)) return { ...facts, ...known };
  const code = lock && (await unseal(lock.key, stored.id, sealed));
  if (code === null) throw new WalletError("unexpected");
  const { bundle } = await readCard(stored.id, code, stored.file);
  opened.set(stored.id, { file: stored.file, code, bundle });
  return { ...facts, code, bundle };
}

export async function toStore(card: Card, under: Lock | null = lock): Promise<StoredCard> {
  if (!under) return card;
  const { code, bundle: _, ...facts } = card;
  return { ...facts, sealed: await seal(under.key, card.id, code) };
}

/** Under a PIN no key is stored: it is derived from the code each time a voucher is shown. */
export function withoutKeys(holders: readonly Holder[]): Holder[] {
  return holders.map((holder) => ({ ...holder, secret: null }));
}

/** The page locks itself when nobody has looked at it for a while; the memory goes with the page. */
export function lockWhenAway(milliseconds: number): void {
  let left = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") left = Date.now();
    else if (lock && left && Date.now() - left > milliseconds) location.reload();
  });
}
