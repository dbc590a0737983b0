/**
 * Civil time in Europe/Paris: days to seconds and back, and the periods that `uses` counts in.
 *
 * Summer time in the European Union (directive 2000/84/EC) starts on the last Sunday of March and ends on the last
 * Sunday of October, at 01:00 UTC. Days are written `YYYY-MM-DD`.
 */

import { Period } from "./claims.ts";

const HOUR = 3600;
const DAY = 86_400;

/** How many seconds Paris is ahead of UTC at a moment: 3600, or 7200 in summer. */
export function offset(at: number): number {
  const year = new Date(at * 1000).getUTCFullYear();
  return at >= lastSunday(year, 2) && at < lastSunday(year, 9) ? 2 * HOUR : HOUR;
}

/** The day that a calendar in Paris shows at a moment (seconds since 1970). */
export function dayOf(at: number): string {
  return iso(at + offset(at));
}

/** The first second of a day in Paris, 22:00 or 23:00 UTC: the clocks never change there. */
export function startOf(day: string): number {
  const midnight = utcMidnight(day);
  return midnight - offset(midnight - HOUR);
}

/** The first second that is no longer that day in Paris: `exp` of "until that day inclusive". */
export function endOf(day: string): number {
  return startOf(iso(utcMidnight(day) + DAY));
}

/** The first second of the period in which a moment lies; 0 for Period.TOTAL. */
export function periodStart(at: number, period: Period): number {
  const day = dayOf(at);
  switch (period) {
    case Period.TOTAL:
      return 0;
    case Period.DAY:
      return startOf(day);
    case Period.WEEK: {
      const midnight = utcMidnight(day);
      const sinceMonday = (new Date(midnight * 1000).getUTCDay() + 6) % 7;
      return startOf(iso(midnight - sinceMonday * DAY));
    }
    case Period.MONTH:
      return startOf(`${day.slice(0, 8)}01`);
  }
}

/** ISO year × 100 + ISO week of a moment in Paris: the period of a short code (voucher-v1 §6). */
export function weekOf(at: number): number {
  // A week belongs to the year of its Thursday.
  const thursday = utcMidnight(dayOf(periodStart(at, Period.WEEK))) + 3 * DAY;
  const year = new Date(thursday * 1000).getUTCFullYear();
  return year * 100 + Math.floor((thursday - Date.UTC(year, 0, 1) / 1000) / (7 * DAY)) + 1;
}

/** The last Sunday of a month of 31 days (0..11), at 01:00 UTC. */
function lastSunday(year: number, month: number): number {
  const last = Date.UTC(year, month, 31, 1) / 1000;
  return last - new Date(last * 1000).getUTCDay() * DAY;
}

function utcMidnight(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 1000;
}

function iso(at: number): string {
  return new Date(at * 1000).toISOString().slice(0, 10);
}
