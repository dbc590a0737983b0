/** Small facts about this device: last visit, clock error, what was dismissed. */

import { STRICT, type Database } from "./database.ts";

/** Name of the code whose file could not be fetched yet: a link opened without network is not lost. */
export const PENDING = "pending";
/** Name of what is stored of the PIN. */
export const PIN = "pin";

export async function fact<T>(db: Database, name: string): Promise<T | null> {
  return ((await db.get("facts", name)) as T | undefined) ?? null;
}

/** Keep a code to be tried later; not where a PIN guards all codes. */
export async function keepPending(db: Database, code: string): Promise<void> {
  if (!code || (await fact(db, PIN)) === null) await keepFact(db, PENDING, code);
}

export async function keepFact(db: Database, name: string, value: unknown): Promise<void> {
  const transaction = db.transaction("facts", "readwrite", STRICT);
  await Promise.all([transaction.store.put(value, name), transaction.done]);
}
