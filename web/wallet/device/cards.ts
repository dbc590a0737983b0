/** Cards on the disk. A card and the keys of its vouchers are written together or not at all. */

import type { Card, Holder } from "../core/card.ts";
import { WalletError } from "../core/errors.ts";
import type { PinRecord } from "../core/pin.ts";
import { STRICT, type Database } from "./database.ts";
import { PIN } from "./facts.ts";
import { fromStore, hasLock, holds, toStore, withoutKeys, type StoredCard } from "./vault.ts";

export async function allCards(db: Database): Promise<Card[]> {
  const cards = await Promise.all((await db.getAll("cards")).map(fromStore));
  return cards.sort((a, b) => a.addedAt - b.addedAt);
}

export async function cardOf(db: Database, id: string): Promise<Card | undefined> {
  const stored = await db.get("cards", id);
  return stored && fromStore(stored);
}

export async function putCard(db: Database, card: Card, holders: readonly Holder[]): Promise<void> {
  const stored = await toStore(card);
  if (hasLock()) return writeCard(db, stored, withoutKeys(holders));
  try {
    await writeCard(db, stored, holders);
  } catch (fault) {
    // Some browsers sign with Ed25519 keys but cannot clone them to the disk: they derive them again from the code.
    if (!(fault instanceof DOMException && fault.name === "DataCloneError")) throw fault;
    await writeCard(db, stored, withoutKeys(holders));
  }
}

async function writeCard(db: Database, card: StoredCard, holders: readonly Holder[]): Promise<void> {
  const transaction = db.transaction(["cards", "holders", "facts"], "readwrite", STRICT);
  const [cards, kept] = [transaction.objectStore("cards"), transaction.objectStore("holders")];
  const done = transaction.done;
  // Every card's keys lie between [id] and [id, []]: arrays sort after numbers (Indexed Database API, §2.4).
  const writes: Promise<unknown>[] = [done];
  try {
    // A PIN that another tab has set meanwhile: a card must not be written as if there were none.
    const pin = (await transaction.objectStore("facts").get(PIN)) as PinRecord | undefined;
    if (!holds(pin)) throw new WalletError("unexpected");
    writes.push(kept.delete(IDBKeyRange.bound([card.id], [card.id, []])));
    for (const holder of holders) writes.push(kept.put(holder));
    writes.push(cards.put(card));
    await Promise.all(writes);
  } catch (fault) {
    // A value that cannot be stored throws before its request exists: what was asked before it must not stay.
    for (const write of writes) write.catch(() => undefined);
    abort(transaction);
    throw fault;
  }
}

/** End a transaction without its writes. */
export function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has already ended by itself.
  }
}

export type Amendment = Partial<Pick<Card, "closed" | "checkedAt" | "news">>;

/** Change facts of a card without touching its keys; a card that is gone stays gone. */
export async function amendCard(db: Database, id: string, facts: Amendment): Promise<void> {
  const transaction = db.transaction("cards", "readwrite", STRICT);
  const card = await transaction.store.get(id);
  if (card) await transaction.store.put({ ...card, ...facts, id });
  await transaction.done;
}

/** Forget a card, its keys and its history. Its counters stay: coming back must not repeat a use. */
export async function removeCard(db: Database, id: string): Promise<void> {
  const transaction = db.transaction(["cards", "holders", "uses"], "readwrite", STRICT);
  const uses = transaction.objectStore("uses");
  const lines = await uses.index("card").getAllKeys(id);
  await Promise.all([
    transaction.objectStore("cards").delete(id),
    transaction.objectStore("holders").delete(IDBKeyRange.bound([id], [id, []])),
    ...lines.map((line) => uses.delete(line)),
    transaction.done,
  ]);
}

export async function holderOf(db: Database, card: string, offer: number): Promise<Holder | undefined> {
  return db.get("holders", [card, offer]);
}
