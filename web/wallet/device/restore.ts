/** Taking a backup, and putting it back: cards are verified again, counters only ever rise. */

import { backupOf, fromBase64, openBackup, sealBackup } from "../core/backup.ts";
import type { Card, Use } from "../core/card.ts";
import { store } from "./activation.ts";
import { STRICT, type Database } from "./database.ts";
import { favourites, keepFavourites } from "./favourites.ts";

export async function takeBackup(
  db: Database,
  cards: readonly Card[],
  uses: readonly Use[],
  passphrase: string,
): Promise<Uint8Array> {
  const [names, values] = await Promise.all([db.getAllKeys("counters"), db.getAll("counters")]);
  const counters = Object.fromEntries(names.map((name, at) => [name, values[at]!]));
  return sealBackup(backupOf(cards, counters, uses, [...favourites()]), passphrase);
}

/** Restore; the number of cards. Doing it twice changes nothing more. */
export async function restore(
  db: Database,
  file: Uint8Array,
  passphrase: string,
  now: number,
): Promise<number> {
  const backup = await openBackup(file, passphrase);
  // Counters first: a card must never be there before the numbers that it has already shown.
  await raiseCounters(db, backup.counters);
  for (const { id, code, file: sealed } of backup.cards) await store(db, id, code, fromBase64(sealed), now);
  await addUses(db, backup.uses);
  keepFavourites(new Set([...favourites(), ...backup.favourites]));
  return backup.cards.length;
}

async function raiseCounters(db: Database, counters: Readonly<Record<string, number>>): Promise<void> {
  const transaction = db.transaction("counters", "readwrite", STRICT);
  for (const [name, value] of Object.entries(counters)) {
    const last = (await transaction.store.get(name)) ?? 0;
    if (value > last) await transaction.store.put(value, name);
  }
  await transaction.done;
}

async function addUses(db: Database, uses: readonly Use[]): Promise<void> {
  const transaction = db.transaction("uses", "readwrite", STRICT);
  const known = new Set((await transaction.store.getAll()).map(nameOf));
  for (const use of uses) if (!known.has(nameOf(use))) await transaction.store.add(use);
  await transaction.done;
}

function nameOf({ card, offer, at, outcome }: Use): string {
  return [card, offer, at, outcome].join();
}
