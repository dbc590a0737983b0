import { signWith } from "../../voucher/ed25519.ts";
import {
  assemble,
  encodeExport,
  encodeRow,
  nextHash,
  type Row,
  signingInput,
} from "../../voucher/journal.ts";
import type { StoredRow } from "./journal.ts";
import type { TillKey } from "./tillKey.ts";

/** The chain does not hold at this row: somebody or something changed the journal. */
export class BrokenChain extends Error {
  constructor(readonly n: number) {
    super(`row ${n}`);
    this.name = "BrokenChain";
  }
}

/** Rows that follow each other, and the hash that the first is chained to. */
export interface Run {
  /** The number of the first row, or of the one that will come when there is none. */
  readonly first: number;
  readonly rows: readonly StoredRow[];
  readonly before: Uint8Array;
}

/** Whose journal it is, and which till signs. */
export interface Exporter {
  readonly partner: string;
  readonly till: string;
  readonly key: TillKey;
}

/** A run of rows as a signed file (journal-v1 §2). Rejects with BrokenChain instead of signing what is wrong. */
export async function exportRun(
  { first, rows, before }: Run,
  { partner, till, key }: Exporter,
): Promise<Uint8Array> {
  let after = before;
  for (const [i, row] of rows.entries()) {
    if (row.n !== first + i || !(await follows(row, after))) throw new BrokenChain(first + i);
    after = row.hash;
  }
  const payload = encodeExport({
    partner,
    till,
    key: key.publicKey,
    first,
    last: first + rows.length - 1,
    before,
    after,
    rows: rows.map(wire),
  });
  const signature = await signWith(key.secret, await signingInput(payload, key.publicKey));
  return assemble(payload, key.publicKey, signature);
}

/** Is this row as it was when it was chained to `before`? */
export async function follows(row: StoredRow, before: Uint8Array): Promise<boolean> {
  try {
    const value = await nextHash(before, encodeRow(wire(row)));
    return value.every((byte, at) => byte === row.hash[at]);
  } catch {
    return false; // something in it is no longer of its type
  }
}

function wire({ hash: _hash, voucher: _voucher, use: _use, ...row }: StoredRow): Row {
  return row;
}
