/** The counter of each voucher: raised and on the disk before anything is shown (voucher-v1 §4.2). */

import { toHex } from "../../voucher/bytes.ts";
import { firstSeq } from "../core/live.ts";
import type { Holder } from "../core/card.ts";
import { STRICT, type Database } from "./database.ts";

/**
 * Raise the counter and return it once it is durable. Reading and writing share one transaction, and the browser
 * runs transactions on one store one after another: two tabs never get the same number.
 *
 * @param now phone time in seconds, for the first showing.
 */
export async function raiseCounter(db: Database, holder: Holder, now: number): Promise<number> {
  const transaction = db.transaction("counters", "readwrite", STRICT);
  const key = toHex(holder.cti);
  const last = await transaction.store.get(key);
  const next = last === undefined ? firstSeq(now, holder.notBefore) : last + 1;
  await transaction.store.put(next, key);
  await transaction.done;
  return next;
}
