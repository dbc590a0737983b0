import { MAX_VALIDITY } from "../../voucher/caps.ts";
import type { Keyring } from "../../voucher/keyring.ts";
import { completed, NEIGHBOURS, result, ROWS, SETTINGS, strictly } from "./database.ts";
import { PURGED, type StoredRow } from "./journal.ts";
import type { NeighbourRow } from "./neighbours.ts";
import { prove, TYPED_ROW } from "./proof.ts";

/** A use whose row is gone; it goes too once its voucher has ended. */
export interface KeptUse extends NeighbourRow {
  /** The voucher's `exp`; absent when it could not be proven any more: the use then stays. */
  readonly expires?: number;
}

/** Ids of kept uses; no neighbour's row has such an id. */
export const KEPT = "kept.";
const ALL_KEPT = (): IDBKeyRange => IDBKeyRange.bound(KEPT, "kept/", false, true);

interface Circumstances {
  readonly db: IDBDatabase;
  readonly keyring: Keyring;
  /** The newest time that the till has signed or journaled, never its clock alone: see journal-v1 §4.3. */
  readonly floor: number;
  /** Rows older than this many seconds go. */
  readonly keep: number;
  /** The newest row that an export has carried out. */
  readonly exported: number;
}

/**
 * Let the oldest exported rows go, as journal-v1 §4: the chain goes on from the last of them, and what they used up
 * stays used up until its voucher has ended. Resolves with the number of rows, once that is durable.
 */
export async function purge({ db, keyring, floor, keep, exported }: Circumstances): Promise<number> {
  const reading = db.transaction(ROWS).objectStore(ROWS);
  const oldest = await result<StoredRow[]>(reading.getAll(IDBKeyRange.upperBound(exported)));
  const end = oldest.findIndex(({ effective }) => effective >= floor - keep);
  const rows = end < 0 ? oldest : oldest.slice(0, end);
  const uses = (await Promise.all(rows.map((row) => keptUse(row, keyring)))).filter(
    (use): use is KeptUse => use !== null,
  );
  const last = rows[rows.length - 1];
  const transaction = strictly(db, [ROWS, NEIGHBOURS, SETTINGS]);
  const done = completed(transaction);
  const kept = transaction.objectStore(NEIGHBOURS);
  for (const use of uses) kept.put(use);
  kept.openCursor(ALL_KEPT()).onsuccess = ({ target }) => {
    const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
    if (!cursor) return;
    if (((cursor.value as KeptUse).expires ?? Infinity) <= floor) cursor.delete();
    cursor.continue();
  };
  if (last) {
    transaction.objectStore(ROWS).delete(IDBKeyRange.upperBound(last.n));
    const { n, hash, effective } = last;
    transaction.objectStore(SETTINGS).put({ n, hash, effective }, PURGED);
  }
  await done;
  return rows.length;
}

async function keptUse(row: StoredRow, keyring: Keyring): Promise<KeptUse | null> {
  if (row.use === undefined || row.voucher === undefined) return null;
  const claims = await prove(row, keyring);
  // A typed code does not say when its voucher ends: no voucher lives longer than this.
  const typed = row.verdict === TYPED_ROW ? row.effective + MAX_VALIDITY : undefined;
  const expires = claims?.expires ?? typed;
  return { ...bareUse(row, ""), ...(expires === undefined ? {} : { expires }) };
}

/** What an accepted row uses up, without the row. `of` tells journals apart that both have a row of this number. */
export function bareUse({ n, voucher, seq, effective, verdict }: StoredRow, of: string): KeptUse {
  const id = `${KEPT}${of}${n}`;
  return {
    id,
    number: id,
    till: "",
    content: new Uint8Array(0),
    voucher: voucher!,
    n,
    seq: verdict === TYPED_ROW ? -seq! : seq!,
    at: effective,
  };
}
