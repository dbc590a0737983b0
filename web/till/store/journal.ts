import { latin1, toHex } from "../../voucher/bytes.ts";
import { endOf, startOf } from "../../voucher/civil.ts";
import type { Claims } from "../../voucher/claims.ts";
import { encodeRow, firstHash, Kind, nextHash, type Row } from "../../voucher/journal.ts";
import { usedInPeriod } from "../../verifier/limits.ts";
import { type Typed, usesOfWeek } from "../../verifier/typed.ts";
import type { Use, UsesView } from "../../verifier/views.ts";
import { tagIn } from "../../voucher/shortCode.ts";
import {
  BY_TIME,
  BY_VOUCHER,
  completed,
  NEIGHBOURS,
  openDatabase,
  result,
  ROWS,
  SETTINGS,
  strictly,
} from "./database.ts";
import type { Run } from "./exporting.ts";
import { neighbourUses } from "./neighbours.ts";
import { TYPED_ROW, typedKey, typedKeyOf } from "./proof.ts";

/** A row as it is kept: the wire's fields, its place in the chain, and the keys of the indexes. */
export interface StoredRow extends Row {
  readonly hash: Uint8Array;
  /** kid and cti in hexadecimal; absent on a row without voucher. */
  readonly voucher?: string;
  /** voucher and seq, only while the use stands: a void takes this key away, and no byte of the row. */
  readonly use?: string;
}

export type Draft = Omit<Row, "n">;

/** Why a row was not written. `not_written`: the device refused; nothing was kept and nothing may turn green. */
export type Refusal = "already_accepted" | "used_up" | "too_late" | "already_void" | "not_written";

export class JournalError extends Error {
  constructor(
    readonly code: Refusal,
    /** The browser's own error, for `not_written`. */
    readonly why?: unknown,
  ) {
    super(code);
    this.name = "JournalError";
  }
}

/** How long an accepted use can be taken back, in seconds. */
export const VOID_WITHIN = 600;

const ATTEMPTS = 20;
const STORES = [ROWS, NEIGHBOURS, SETTINGS];

/** Setting: the last row that was let go (journal-v1 §4), from which the chain goes on. */
export const PURGED = "purged";

/** A row's place in the chain. */
export interface Head {
  readonly n: number;
  readonly hash: Uint8Array;
  readonly effective: number;
}

/** Rows of one till: append-only, hash-chained, durable before anybody sees green (journal-v1). */
export class Journal implements UsesView {
  constructor(
    private db: IDBDatabase,
    private readonly tillKey: Uint8Array,
  ) {}

  /** Uses of one voucher that stand, here and at the neighbours that were merged: what `decide` asks for. */
  accepted(kid: Uint8Array, cti: Uint8Array): Promise<Use[]> {
    return this.all((store) => standing(store, kid, cti));
  }

  /** Uses of the voucher that 20 bits name, typed or scanned, and the rows of those that were scanned. */
  async typed(
    tag: number,
    kids: readonly Uint8Array[],
  ): Promise<{ uses: readonly Use[]; scanned: readonly Row[] }> {
    const scanned: Row[] = [];
    return { uses: await this.all((store) => typedUses(store, tag, kids, scanned)), scanned };
  }

  /** Effective time of the newest row, 0 without one: a floor for the clock (trust-v1 §6). */
  async seen(): Promise<number> {
    return (await this.head()).effective;
  }

  /**
   * Write an accepted use, unless it stands already or the limit is reached: looked at again inside the very
   * transaction that writes, so that two taps, two tabs or two scans make one row.
   *
   * Resolves after `complete` of a strict transaction. Rejects with JournalError.
   */
  accept(draft: Draft, claims: Claims): Promise<StoredRow> {
    return this.append(draft, async (rows) => {
      const uses = await standing(rows, draft.kid!, draft.cti!);
      if (uses.some(({ seq }) => seq === draft.seq)) throw new JournalError("already_accepted");
      const used = usedInPeriod(claims, uses, draft.effective);
      if (claims.uses && used >= claims.uses) throw new JournalError("used_up");
    });
  }

  /** Write an accepted typed code, unless its voucher was used in its week: looked at again as `accept` does. */
  acceptTyped(draft: Draft, { tag, week }: Typed, kids: readonly Uint8Array[]): Promise<StoredRow> {
    return this.append(draft, async (rows) => {
      const uses = await typedUses(rows, tag, kids);
      if (usesOfWeek(uses, week, draft.effective).length) throw new JournalError("already_accepted");
    });
  }

  /** Write that the cashier refused. */
  refuse(draft: Draft): Promise<StoredRow> {
    return this.append(draft);
  }

  /** Take back row `n` with a reason, within ten minutes of it. Rejects with JournalError. */
  async void(n: number, reason: string, now: number): Promise<StoredRow> {
    const taken = await this.all<StoredRow | undefined>((store) => store.get(n));
    if (!taken || taken.kind !== Kind.ACCEPTED || now - taken.effective > VOID_WITHIN) {
      throw new JournalError("too_late");
    }
    const draft = {
      ...pick(taken),
      time: now,
      effective: Math.max(now, taken.effective),
      kind: Kind.VOID,
      evidence: null,
      voids: n,
      reason,
    };
    return this.append(draft, async (rows) => {
      const { use, ...rest } = await result<StoredRow>(rows.get(n));
      if (use === undefined) throw new JournalError("already_void");
      rows.put(rest);
    });
  }

  /** Rows of one day in Paris (`YYYY-MM-DD`), oldest first. */
  day(day: string): Promise<StoredRow[]> {
    const range = IDBKeyRange.bound(startOf(day), endOf(day), false, true);
    return this.all((store) => store.index(BY_TIME).getAll(range));
  }

  /** Every row from `first` on, oldest first. */
  rows(first = 0): Promise<StoredRow[]> {
    return this.all((store) => store.getAll(IDBKeyRange.lowerBound(first)));
  }

  /** The newest rows that `fits`, newest first; at most `limit` of them, looking at no more than `within` rows. */
  find(fits: (row: StoredRow) => boolean, limit = 100, within = 20_000): Promise<StoredRow[]> {
    return this.all(async (store) => {
      const found: StoredRow[] = [];
      const asked = store.openCursor(null, "prev");
      for (let left = within; left > 0 && found.length < limit; left--) {
        const cursor = await result(asked);
        if (!cursor) break;
        if (fits(cursor.value as StoredRow)) found.push(cursor.value as StoredRow);
        cursor.continue();
      }
      return found;
    });
  }

  /** What the row after `n` is chained to. Rejects with JournalError when that row is not there. */
  async before(n: number): Promise<Uint8Array> {
    if (n === 0) return firstHash(this.tillKey);
    const place = await this.all<Head | undefined>(async (store) => {
      const row: Head | undefined = await result(store.get(n));
      const purged = row ?? (await purgedOf(store));
      return purged?.n === n ? purged : undefined;
    });
    if (!place) throw new JournalError("not_written", new Error(`row ${n} is missing`));
    return place.hash;
  }

  /** Rows as a run; without rows the empty run at the end of the chain. */
  async run(rows: readonly StoredRow[]): Promise<Run> {
    const first = rows[0]?.n ?? (await this.head()).n + 1;
    return { first, rows, before: await this.before(first - 1) };
  }

  private async append(draft: Draft, guard?: (rows: IDBObjectStore) => Promise<void>): Promise<StoredRow> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const head = await this.head();
      const row: Row = { ...draft, n: head.n + 1 };
      // WebCrypto inside a transaction would end it: hash first, write only if nobody else wrote meanwhile.
      const stored = withKeys(row, await nextHash(head.hash, encodeRow(row)));
      if (await this.put(stored, guard)) return stored;
    }
    throw new JournalError("not_written", new Error("too many writers"));
  }

  /** True once durable; false when another writer took this number first. */
  private async put(row: StoredRow, guard?: (rows: IDBObjectStore) => Promise<void>): Promise<boolean> {
    let free = false;
    try {
      const transaction = strictly(this.db, STORES);
      const done = completed(transaction);
      done.catch(() => undefined); // awaited below; a guard may throw first
      const rows = transaction.objectStore(ROWS);
      try {
        free = ((await headOf(rows))?.n ?? 0) === row.n - 1;
        if (free) {
          await guard?.(rows);
          rows.add(row);
        }
      } catch (failure) {
        abort(transaction);
        throw failure;
      }
      await done;
      return free;
    } catch (failure) {
      if (failure instanceof JournalError) throw failure;
      await this.reopen();
      throw new JournalError("not_written", failure);
    }
  }

  private async head(): Promise<Head> {
    const last = await this.all<Head | undefined>(headOf);
    return last ?? { n: 0, hash: await firstHash(this.tillKey), effective: 0 };
  }

  private async all<T>(ask: (store: IDBObjectStore) => IDBRequest<T> | Promise<T>): Promise<T> {
    try {
      const answer = ask(this.db.transaction(STORES).objectStore(ROWS));
      return await (answer instanceof Promise ? answer : result(answer));
    } catch (failure) {
      await this.reopen();
      throw new JournalError("not_written", failure);
    }
  }

  /** Browsers close the connection when the device sleeps or storage is cleared: the next call may work again. */
  private async reopen(): Promise<void> {
    try {
      const fresh = await openDatabase(this.db.name);
      this.db.close();
      this.db = fresh;
    } catch {
      // Still refused: whoever calls next is told again.
    }
  }
}

/** Uses of a voucher that were not taken back, here and at the neighbours, as one transaction sees them. */
async function standing(rows: IDBObjectStore, kid: Uint8Array, cti: Uint8Array): Promise<Use[]> {
  // Typed, it was named by 20 bits only: one stranger in a million is counted with it.
  const keys = [voucherKey(kid, cti), typedKeyOf(cti)];
  return (await Promise.all(keys.map((key) => usesUnder(rows, IDBKeyRange.only(key))))).flat();
}

/** Uses of all vouchers that a tag may name. `scanned` takes the rows that were not typed. */
async function typedUses(
  rows: IDBObjectStore,
  tag: number,
  kids: readonly Uint8Array[],
  scanned: Row[] = [],
): Promise<Use[]> {
  const uses = await usesUnder(rows, IDBKeyRange.only(typedKey(tag)));
  for (const kid of kids) {
    const start = toHex(kid) + tag.toString(16).padStart(5, "0");
    const found = await usesUnder(rows, IDBKeyRange.bound(start, `${start}g`), scanned);
    for (const use of found) uses.push(use);
  }
  return uses;
}

/** Uses under a range of the voucher index that stand, here and at the neighbours. */
async function usesUnder(rows: IDBObjectStore, range: IDBKeyRange, found?: Row[]): Promise<Use[]> {
  // Asked together: each answer that is waited for by itself costs a turn of the page's thread.
  const asked = result<StoredRow[]>(rows.index(BY_VOUCHER).getAll(range));
  const [own, others] = await Promise.all([asked, neighbourUses(rows.transaction, range, found)]);
  const standing = own.filter(({ use }) => use !== undefined);
  if (found) for (const row of standing) found.push(row);
  return [...standing.map(asUse), ...others];
}

async function headOf(rows: IDBObjectStore): Promise<Head | undefined> {
  const last = (await result(rows.openCursor(null, "prev")))?.value as StoredRow | undefined;
  return last ?? purgedOf(rows);
}

function purgedOf(rows: IDBObjectStore): Promise<Head | undefined> {
  return result<Head | undefined>(rows.transaction.objectStore(SETTINGS).get(PURGED));
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

function asUse({ n, seq, effective, verdict }: StoredRow): Use {
  return { n, seq: verdict === TYPED_ROW ? -seq! : seq!, at: effective };
}

function voucherKey(kid: Uint8Array, cti: Uint8Array): string {
  return toHex(kid) + toHex(cti);
}

function voucherOf(row: Draft): string | undefined {
  if (row.kid && row.cti) return voucherKey(row.kid, row.cti);
  if (row.verdict !== TYPED_ROW || !row.evidence) return undefined;
  return typedKey(tagIn(latin1(row.evidence)));
}

function withKeys(row: Row, hash: Uint8Array): StoredRow {
  const voucher = voucherOf(row);
  if (voucher === undefined) return { ...row, hash };
  return row.kind === Kind.ACCEPTED
    ? { ...row, hash, voucher, use: `${voucher}.${row.seq}` }
    : { ...row, hash, voucher };
}

/** The wire's fields of a stored row, for a row that speaks of the same use. */
function pick({ hash: _hash, voucher: _voucher, use: _use, n: _n, ...row }: StoredRow): Draft {
  return row;
}
