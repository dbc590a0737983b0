/** How often a voucher may be used, counted in Paris days, ISO weeks and months (voucher-v1 §2.3). */

import { dayOf, endOf, periodStart } from "../voucher/civil.ts";
import { type Claims, Period } from "../voucher/claims.ts";
import type { Use } from "./views.ts";

/**
 * Count the uses of the period in which `effective` lies.
 *
 * A use that a neighbour's fast clock dates later than this period counts too: the limit fails closed.
 */
export function usedInPeriod(claims: Claims, uses: readonly Use[], effective: number): number {
  const start = periodStart(effective, claims.period);
  return uses.filter((use) => use.at >= start).length;
}

/** The first second of the next period; null when `uses` counts in total. */
export function nextPeriod(effective: number, period: Period): number | null {
  if (period === Period.TOTAL) return null;
  const start = periodStart(effective, period);
  let at = start;
  do at = endOf(dayOf(at));
  while (periodStart(at, period) === start);
  return at;
}

/**
 * The counter of a bearer voucher's next use: the first free one. That is "uses already accepted plus one"
 * (voucher-v1 §4.5), also after a row in the middle was taken back.
 */
export function bearerSeq(uses: readonly Use[]): number {
  const taken = new Set(uses.map((use) => use.seq));
  let seq = 1;
  while (taken.has(seq)) seq += 1;
  return seq;
}
