import { firstHash } from "../../voucher/journal.ts";
import {
  completed,
  NEIGHBOURS,
  openDatabase,
  readSetting,
  result,
  ROWS,
  SETTINGS,
  strictly,
  writeSettings,
} from "./database.ts";
import { type Exporter, exportRun, follows, type Run } from "./exporting.ts";
import { type Head, PURGED, type StoredRow } from "./journal.ts";
import { bareUse } from "./retention.ts";
import { makeTillKey, type TillKey } from "./tillKey.ts";

/** A damaged journal that was put aside: the name of its database, and when. */
export interface Aside {
  readonly name: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** Setting: the journals that were put aside. */
export const ASIDES = "asides";

/** The number of the first row that no longer follows the one before it; null when all do. */
export async function firstBroken(rows: readonly StoredRow[], before: Uint8Array): Promise<number | null> {
  let [hash, next] = [before, rows[0]?.n ?? 1];
  for (const row of rows) {
    if (row.n !== next || !(await follows(row, hash))) return next;
    [hash, next] = [row.hash, next + 1];
  }
  return null;
}

/** What still holds of a damaged journal: runs in which each row follows the one before. */
export async function runsOf(rows: readonly StoredRow[], key: Uint8Array, purged?: Head): Promise<Run[]> {
  const runs: (Run & { rows: StoredRow[] })[] = [];
  let last: Pick<Head, "n" | "hash"> = purged ?? { n: 0, hash: await firstHash(key) };
  let open = false;
  for (const row of rows) {
    const holds = row.n === last.n + 1 && (await follows(row, last.hash));
    if (holds && open) runs[runs.length - 1]!.rows.push(row);
    else if (holds) runs.push({ first: row.n, rows: [row], before: last.hash });
    open = holds;
    last = row;
  }
  return runs;
}

/**
 * Put a damaged journal aside, whole, and begin another with a key of its own. What it had accepted stays used up.
 * Nothing is lost at any moment: the copy is durable before the original goes.
 */
export async function setAside(
  db: IDBDatabase,
  rows: readonly StoredRow[],
  settings: Record<string, unknown>,
  at: number,
): Promise<Aside> {
  const aside = { name: `${db.name}-aside-${at}`, at };
  const copy = await openDatabase(aside.name);
  const copying = strictly(copy, ROWS);
  const copied = completed(copying);
  for (const row of rows) copying.objectStore(ROWS).put(row);
  await copied;
  await writeSettings(copy, settings);
  copy.close();
  const key: TillKey = await makeTillKey();
  const start = await firstHash(key.publicKey);
  const transaction = strictly(db, [ROWS, NEIGHBOURS, SETTINGS]);
  const done = completed(transaction);
  for (const row of rows) {
    const counts = row.use !== undefined && row.voucher !== undefined && row.seq !== null;
    if (counts) transaction.objectStore(NEIGHBOURS).put(bareUse(row, `${at}.`));
  }
  transaction.objectStore(ROWS).clear();
  const kept = transaction.objectStore(SETTINGS);
  const newest = rows.reduce((most, { effective }) => Math.max(most, effective), 0);
  // The floor of the clock outlives the journal that it came from (trust-v1 §6).
  kept.put({ n: 0, hash: start, effective: newest }, PURGED);
  kept.put({ publicKey: key.publicKey, secret: key.secret }, "key");
  const before = ((settings[ASIDES] as Aside[] | undefined) ?? []).slice();
  kept.put([...before, aside], ASIDES);
  await done;
  return aside;
}

/** What still holds of a journal that was put aside, signed by the key that it had. */
export async function exportAside(name: string, exporter: Exporter): Promise<Uint8Array[]> {
  const db = await openDatabase(name);
  try {
    const key = (await readSetting<TillKey>(db, "key"))!;
    const rows = await result<StoredRow[]>(db.transaction(ROWS).objectStore(ROWS).getAll());
    const runs = await runsOf(rows, key.publicKey, await readSetting<Head>(db, PURGED));
    return await Promise.all(runs.map((run) => exportRun(run, { ...exporter, key })));
  } finally {
    db.close();
  }
}
