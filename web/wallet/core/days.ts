/** Days as a calendar in Paris shows them. Every limit of an offer is a day there, whatever the phone's zone. */

import { dayOf, periodStart } from "../../voucher/civil.ts";

export { dayOf, periodStart };

const DAY = 86_400;
// Anything over this is far away: a date says more than a number of days.
export const SOON = 30;
export const URGENT = 10;
// Within ten months a day and a month name one day only.
const UNMISTAKABLE = 300 * DAY;

/** The last day on which something that ends before `until` (exclusive) can still be used. */
export function lastDay(until: number): string {
  return dayOf(until - 1);
}

/** Whole days from `now` to the last day: 0 on that day, negative after it. */
export function daysLeft(until: number, now: number): number {
  return Math.round((Date.parse(lastDay(until)) - Date.parse(dayOf(now))) / (DAY * 1000));
}

/** How a language writes days: « 1er », and twelve months from January on. */
export interface Months {
  readonly first: string;
  readonly names: readonly string[];
}

/** « 31 mars » (or « 31 déc. »), with the year when the day alone could be mistaken; the first of a month is « 1er ». */
export function dayWords(day: string, now: number, { first, names }: Months): string {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  const far = Math.abs(Date.parse(day) / 1000 - now) > UNMISTAKABLE;
  return [date === 1 ? first : date, names[month - 1], ...(far ? [year] : [])].join(" ");
}

export function untilWords(until: number, now: number, months: Months): string {
  return dayWords(lastDay(until), now, months);
}

/** `14:05:09`, the phone's own clock: what a cashier compares with theirs. */
export function clockWords(at: number): string {
  const time = new Date(at * 1000);
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
