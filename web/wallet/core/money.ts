/** Cents to words and back. */

import type { Use } from "./card.ts";

/** « 4,50 € », « 12 € »: no decimals when there are none. */
export function euros(cents: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "EUR",
    minimumFractionDigits: cents % 100 ? 2 : 0,
  }).format(cents / 100);
}

/** « 4,50 », « 12 »: an amount as it is put into a field to be corrected. */
export function plainAmount(cents: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    useGrouping: false,
    minimumFractionDigits: cents % 100 ? 2 : 0,
  }).format(cents / 100);
}

/** Cents of what a person typed (« 4,5 », « 4.50 € », empty is 0), or null when it is not an amount. */
export function cents(typed: string): number | null {
  const match = /^(\d{0,5})(?:[.,](\d{1,2}))?$/.exec(typed.replace(/[\s\u00a0\u202f€]/g, ""));
  return match ? Number(match[1] || "0") * 100 + Number((match[2] ?? "").padEnd(2, "0")) : null;
}

export function total(uses: readonly Use[]): number {
  return uses.reduce((sum, use) => sum + (use.outcome === "accepted" ? use.saving : 0), 0);
}
