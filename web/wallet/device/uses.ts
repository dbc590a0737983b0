/** The person's own history, on this device only. */

import type { Use } from "../core/card.ts";
import { STRICT, type Database } from "./database.ts";

/** Newest first. */
export async function allUses(db: Database): Promise<Use[]> {
  return (await db.getAll("uses")).sort((a, b) => b.at - a.at || (b.id ?? 0) - (a.id ?? 0));
}

export async function addUse(db: Database, use: Use): Promise<number> {
  const transaction = db.transaction("uses", "readwrite", STRICT);
  const id = await transaction.store.add(use);
  await transaction.done;
  return id;
}

export async function amendUse(db: Database, id: number, facts: Partial<Use>): Promise<void> {
  const transaction = db.transaction("uses", "readwrite", STRICT);
  const use = await transaction.store.get(id);
  if (use) await transaction.store.put({ ...use, ...facts, id });
  await transaction.done;
}

export async function removeUse(db: Database, id: number): Promise<void> {
  const transaction = db.transaction("uses", "readwrite", STRICT);
  await transaction.store.delete(id);
  await transaction.done;
}
