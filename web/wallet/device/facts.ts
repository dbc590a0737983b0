/** Small facts about this device: last visit, clock error, what was dismissed. */

import { STRICT, type Database } from "./database.ts";

/** Name of the code whose file could not be fetched yet: a link opened without network is not lost. */
export const PENDING = "pending";

export async function fact<T>(db: Database, name: string): Promise<T | null> {
  return ((await db.get("facts", name)) as T | undefined) ?? null;
}

export async function keepFact(db: Database, name: string, value: unknown): Promise<void> {
  const transaction = db.transaction("facts", "readwrite", STRICT);
  await Promise.all([transaction.store.put(value, name), transaction.done]);
}
