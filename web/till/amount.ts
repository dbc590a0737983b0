const MAX_CENTS = 100_000_00;

/** Cents of what a cashier typed: "24,9", "24.90", "24 €". Null when it is no amount, or above 100,000 €. */
export function parseAmount(typed: string): number | null {
  const match = /^(\d{1,6})(?:[.,](\d{1,2}))?$/.exec(typed.replace(/[\s\u00a0\u202f€]/g, ""));
  if (!match) return null;
  const cents = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return cents > MAX_CENTS ? null : cents;
}
