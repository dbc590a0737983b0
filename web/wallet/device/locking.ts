/** Setting, changing and removing the PIN: all cards at once or none, whatever stops the phone in between. */

import { equal } from "../../voucher/bytes.ts";
import { WalletError } from "../core/errors.ts";
import {
  newLock,
  NO_TRIES,
  openLock,
  tried,
  waiting,
  type Lock,
  type PinRecord,
  type Tries,
} from "../core/pin.ts";
import { abort } from "./cards.ts";
import { STRICT, type Database } from "./database.ts";
import { fact, keepFact, PENDING, PIN } from "./facts.ts";
import { fromStore, holds, toStore, holdLock, withoutKeys, type StoredCard } from "./vault.ts";

const TRIES = "pin_tries";
const ATTEMPTS = 3;

export type Opening =
  | { readonly kind: "open"; readonly lock: Lock }
  | { readonly kind: "wrong" }
  | { readonly kind: "wait"; readonly seconds: number };

/** Try a PIN. The try is on the disk before it is made: closing the page gives none back. */
export async function tryPin(db: Database, pin: string, now: number): Promise<Opening> {
  const record = await fact<PinRecord>(db, PIN);
  if (!record) throw new WalletError("unexpected");
  const before = (await fact<Tries>(db, TRIES)) ?? NO_TRIES;
  const seconds = waiting(before, now);
  if (seconds > 0) return { kind: "wait", seconds };
  await keepFact(db, TRIES, tried(before, now));
  const lock = await openLock(record, pin);
  if (!lock) return { kind: "wrong" };
  await keepFact(db, TRIES, NO_TRIES);
  return { kind: "open", lock };
}

/** Open the wallet with its PIN. */
export async function unlock(db: Database, pin: string, now: number): Promise<Opening> {
  const opening = await tryPin(db, pin, now);
  if (opening.kind === "open") holdLock(opening.lock);
  return opening;
}

/**
 * Set another PIN, or none. The wallet must be open.
 *
 * @throws WalletError `unexpected`: another tab kept changing the cards, or has another PIN; nothing was changed.
 */
export async function setPin(db: Database, pin: string | null): Promise<void> {
  const lock = pin === null ? null : await newLock(pin);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await db.getAll("cards");
    const cards = await Promise.all(before.map(fromStore));
    const after = await Promise.all(cards.map((card) => toStore(card, lock)));
    if (await replace(db, before, after, lock)) return holdLock(lock);
  }
  throw new WalletError("unexpected");
}

/** One transaction: after a crash the disk has either all of the old or all of the new. */
async function replace(
  db: Database,
  before: readonly StoredCard[],
  after: readonly StoredCard[],
  lock: Lock | null,
): Promise<boolean> {
  const transaction = db.transaction(["cards", "holders", "facts"], "readwrite", STRICT);
  const done = transaction.done.catch((fault: unknown) => fault);
  const cards = transaction.objectStore("cards");
  const holders = transaction.objectStore("holders");
  const facts = transaction.objectStore("facts");
  const now = await cards.getAll();
  const unchanged = now.length === before.length && now.every((card, at) => same(card, before[at]!));
  if (!unchanged || !holds((await facts.get(PIN)) as PinRecord | undefined)) {
    transaction.abort();
    await done;
    return false;
  }
  const keyless = withoutKeys(await holders.getAll());
  const writes = [
    ...after.map((card) => () => cards.put(card)),
    ...keyless.map((holder) => () => holders.put(holder)),
    () => (lock ? facts.put(lock.record, PIN) : facts.delete(PIN)),
    () => facts.delete(PENDING),
  ];
  try {
    // Whatever stops one of them stops the transaction, which tells.
    for (const write of writes) write().catch(() => undefined);
  } catch (fault) {
    abort(transaction);
    await done;
    throw fault;
  }
  const fault = await done;
  if (fault) throw fault;
  return true;
}

function same(a: StoredCard, b: StoredCard): boolean {
  return a.id === b.id && a.checkedAt === b.checkedAt && a.closed === b.closed && equal(a.file, b.file);
}

/** Forget the PIN and the cards behind it. Counters and history stay: coming back repeats no use. */
export async function forgetLocked(db: Database): Promise<void> {
  const transaction = db.transaction(["cards", "holders", "facts"], "readwrite", STRICT);
  await Promise.all([
    transaction.objectStore("cards").clear(),
    transaction.objectStore("holders").clear(),
    ...[PIN, TRIES, PENDING].map((name) => transaction.objectStore("facts").delete(name)),
    transaction.done,
  ]);
  holdLock(null);
}
