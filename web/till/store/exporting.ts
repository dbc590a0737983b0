import { signWith } from "../../voucher/ed25519.ts";
import {
  assemble,
  encodeExport,
  encodeRow,
  firstHash,
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

/** The whole journal as a signed file (journal-v1 §2). Rejects with BrokenChain instead of signing what is wrong. */
export async function exportJournal(
  rows: readonly StoredRow[],
  partner: string,
  till: string,
  key: TillKey,
): Promise<Uint8Array> {
  const before = await firstHash(key.publicKey);
  const after = await checkedChain(rows, before);
  const payload = encodeExport({
    partner,
    till,
    key: key.publicKey,
    first: 1,
    last: rows.length,
    before,
    after,
    rows: rows.map(wire),
  });
  const signature = await signWith(key.secret, await signingInput(payload, key.publicKey));
  return assemble(payload, key.publicKey, signature);
}

async function checkedChain(rows: readonly StoredRow[], start: Uint8Array): Promise<Uint8Array> {
  let value = start;
  for (const [i, row] of rows.entries()) {
    value = await nextHash(value, encodeRow(row));
    if (row.n !== i + 1 || value.some((byte, at) => byte !== row.hash[at])) throw new BrokenChain(i + 1);
  }
  return value;
}

function wire({ hash: _hash, voucher: _voucher, use: _use, ...row }: StoredRow): Row {
  return row;
}
