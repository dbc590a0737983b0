import { Kind } from "../../voucher/journal.ts";
import type { StoredRow } from "./journal.ts";

/** What a day, or any run of rows, adds up to. Money in cents; uses taken back count in none but `voided`. */
export interface Totals {
  readonly accepted: number;
  readonly refused: number;
  readonly voided: number;
  readonly amount: number;
  readonly saving: number;
}

export function totals(rows: readonly StoredRow[]): Totals {
  const standing = rows.filter(({ kind, use }) => kind === Kind.ACCEPTED && use !== undefined);
  const sum = (field: "amount" | "saving"): number =>
    standing.reduce((all, row) => all + (row[field] ?? 0), 0);
  return {
    accepted: standing.length,
    refused: rows.filter(({ kind }) => kind === Kind.REFUSED).length,
    voided: rows.filter(({ kind }) => kind === Kind.VOID).length,
    amount: sum("amount"),
    saving: sum("saving"),
  };
}
