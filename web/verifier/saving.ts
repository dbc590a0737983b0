/** What one use saved, in cents. */

import type { Saving } from "../voucher/trust.ts";

/** The same at each use, or a share of the amount that the cashier typed, half a cent rounded up; else null. */
export function savingOf(saving: Saving, amount: number | null): number | null {
  if (saving.kind === "amount") return saving.cents;
  if (saving.kind === "percent" && amount !== null) return Math.floor((amount * saving.percent + 50) / 100);
  return null;
}
