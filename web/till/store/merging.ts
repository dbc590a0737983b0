import { equal, sha256, toHex } from "../../voucher/bytes.ts";
import { malformed, VoucherError } from "../../voucher/errors.ts";
import { decodeExport, encodeRow, type Export, Kind, MAX_EXPORT, type Row } from "../../voucher/journal.ts";
import type { Keyring } from "../../voucher/keyring.ts";
import { BY_NUMBER, completed, NEIGHBOURS, result, ROWS, strictly } from "./database.ts";
import type { StoredRow } from "./journal.ts";
import type { NeighbourRow } from "./neighbours.ts";
import { prove, proveTyped, typedKey } from "./proof.ts";

/** What an import brought. */
export interface Merged {
  /** The neighbour's name. */
  readonly till: string;
  /** Rows that were not here yet. */
  readonly fresh: number;
  /** Accepted rows whose evidence this till cannot verify: kept, not counted as uses. */
  readonly unproven: number;
  /** Numbers under which one till key has signed two different rows. */
  readonly conflicts: readonly number[];
}

/** The export is another shop's. */
export class OtherPartner extends Error {}

interface Circumstances {
  readonly db: IDBDatabase;
  readonly partner: string;
  /** This till's public key. */
  readonly own: Uint8Array;
  /** The issuing keys that its trust list names. */
  readonly keyring: Keyring;
  /** The partner's short-code key; null before this till was paired. */
  readonly shortKey: Uint8Array | null;
}

/**
 * Take a neighbour's export, all of it or nothing; the same as `verifier/till/merge.py`.
 *
 * A union of rows by (till key, n, content): commutative, associative, idempotent. A row counts as a use only when
 * its evidence proves it, so that no file can use up a voucher that was never shown.
 *
 * Rejects with VoucherError when it is no export, or its signature or chain does not hold; with OtherPartner.
 */
export async function mergeExport(file: Blob, circumstances: Circumstances): Promise<Merged> {
  if (file.size > MAX_EXPORT) throw new VoucherError("too_big", "journal export");
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  // A film that was chosen by mistake is not read.
  if (!equal(start, new Uint8Array([0xd2, 0x84]))) throw malformed("not a journal export");
  const run = await decodeExport(new Uint8Array(await file.arrayBuffer()));
  if (run.partner !== circumstances.partner) throw new OtherPartner();
  const till = run.till || toHex(run.key.subarray(0, 4));
  const rows: NeighbourRow[] = [];
  let unproven = 0;
  for (const row of run.rows) {
    const use = row.kind === Kind.ACCEPTED ? await provenUse(row, circumstances) : null;
    if (row.kind === Kind.ACCEPTED && !use) unproven++;
    rows.push(await asNeighbour(row, run, till, use));
  }
  return { till, unproven, ...(await keep(rows, run, circumstances)) };
}

type ProvenUse = Pick<NeighbourRow, "voucher" | "seq">;

/** The use that an accepted row's evidence proves, or null. */
async function provenUse(
  row: Row,
  { keyring, shortKey }: Pick<Circumstances, "keyring" | "shortKey">,
): Promise<ProvenUse | null> {
  const tag = await proveTyped(row, shortKey);
  if (tag !== null) return { voucher: typedKey(tag), seq: -row.seq! };
  if (!(await prove(row, keyring))) return null;
  return { voucher: toHex(row.kid!) + toHex(row.cti!), seq: row.seq! };
}

async function asNeighbour(
  row: Row,
  run: Export,
  till: string,
  use: ProvenUse | null,
): Promise<NeighbourRow> {
  const content = encodeRow(row);
  const number = numberOf(run.key, row.n);
  const plain = { id: `${number}.${toHex(await sha256(content))}`, number, till, content };
  if (row.kind === Kind.VOID && row.voids !== null) {
    return { ...plain, undoes: numberOf(run.key, row.voids) };
  }
  return use ? { ...plain, ...use, n: row.n, at: row.effective } : plain;
}

function numberOf(key: Uint8Array, n: number): string {
  return `${toHex(key)}.${n}`;
}

async function keep(
  rows: readonly NeighbourRow[],
  run: Export,
  { db, own }: Circumstances,
): Promise<Pick<Merged, "fresh" | "conflicts">> {
  const transaction = strictly(db, [ROWS, NEIGHBOURS]);
  const done = completed(transaction);
  done.catch(() => undefined); // awaited below
  const store = transaction.objectStore(NEIGHBOURS);
  const mine = equal(run.key, own) ? transaction.objectStore(ROWS) : null;
  const conflicts: number[] = [];
  let fresh = 0;
  for (const [i, row] of rows.entries()) {
    const n = run.first + i;
    const kept = mine && (await result<StoredRow | undefined>(mine.get(n)));
    if (kept && equal(encodeRow(kept), row.content)) continue;
    const before = await result<NeighbourRow | undefined>(store.get(row.id));
    if (!before) fresh++;
    // What was proven under an earlier list stays proven; what was not may be now.
    if (!before || (row.voucher && !before.voucher)) store.put(row);
    if (kept || (await result(store.index(BY_NUMBER).count(row.number))) > 1) conflicts.push(n);
  }
  await done;
  return { fresh, conflicts };
}
