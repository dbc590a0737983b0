/** The twelve characters that are typed where nothing can be scanned (bundle-v1 §4.3). */

import type { Entry } from "../../voucher/bundle.ts";
import { Period } from "../../voucher/claims.ts";
import { periodStart } from "./days.ts";

const WEEK = 7 * 86_400;

/** The code of the week of `now`; null where the card's codes do not reach it: a code of another week is none. */
export function shortCode(entry: Entry, issued: number, now: number): string | null {
  const weeks = periodStart(now, Period.WEEK) - periodStart(issued, Period.WEEK);
  // A week with a change of clocks is an hour longer or shorter.
  return entry.shortCodes[Math.round(weeks / WEEK)] ?? null;
}

/** The promo code to show: a derived one changes each week, the others are what they are. */
export function promoCode(entry: Entry, issued: number, now: number): string | null {
  return entry.shortCodes.length ? shortCode(entry, issued, now) : entry.code;
}

/** `ABCD EFGH JKMN`. */
export function inFours(code: string): string {
  return (code.match(/.{1,4}/g) ?? []).join(" ");
}
