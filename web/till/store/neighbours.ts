import type { Use } from "../../verifier/views.ts";
import { decodeRow, type Row } from "../../voucher/journal.ts";
import { BY_UNDONE, BY_VOUCHER, NEIGHBOURS, result } from "./database.ts";

/** A row that another till has signed. Only what its evidence proves has `voucher`, and counts as a use. */
export interface NeighbourRow {
  /** Till key and number in this form, and the hash of the row's bytes: the same row twice is one. */
  readonly id: string;
  readonly number: string;
  /** The till's name, as its export says. */
  readonly till: string;
  readonly content: Uint8Array;
  /** kid and cti in hexadecimal. */
  readonly voucher?: string;
  readonly n?: number;
  readonly seq?: number;
  readonly at?: number;
  /** `number` of the row that this void takes back, which may come in another export, before or after. */
  readonly undoes?: string;
}

/**
 * The uses of a voucher at the tills that were merged, inside the caller's transaction. `found` takes their rows; of a
 * use that outlived its row there is none.
 */
export async function neighbourUses(
  transaction: IDBTransaction,
  voucher: IDBKeyRange,
  found?: Row[],
): Promise<Use[]> {
  const store = transaction.objectStore(NEIGHBOURS);
  const uses: Use[] = [];
  for (const row of await result<NeighbourRow[]>(store.index(BY_VOUCHER).getAll(voucher))) {
    if (await result(store.index(BY_UNDONE).count(row.number))) continue;
    if (found && row.content.length) found.push(decodeRow(row.content));
    uses.push({ n: row.n!, seq: row.seq!, at: row.at!, till: row.till });
  }
  return uses;
}
