/** A decision in words: the word on the screen, the sentence, what to do next (locales `verdicts`). */

import { dayOf, offset } from "../voucher/civil.ts";
import { sentence as sentenceOf, type Messages } from "../locales/sentences.ts";
import type { Decision } from "./decision.ts";
import type { Verdict } from "./verdicts.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** How long after an accepted use a cashier may still believe that the screen went dark before green, seconds. */
export const DARK_SCREEN = 600;

export type { Messages };

/** What a cashier reads. */
export interface Explained {
  readonly word: string;
  readonly sentence: string;
  readonly next: string;
}

export interface WordingOptions {
  /** BCP 47 tag of the messages' language. */
  readonly locale?: string;
  /** The four digits that this till shows after `not_live`. */
  readonly digits?: string | null;
}

/** The words of a decision. */
export function explain(decision: Decision, messages: Messages, options: WordingOptions = {}): Explained {
  const [sentence, next] = reason(decision, decision.verdict, messages, options);
  return { word: fill(messages, `word.${decision.severity}`, {}), sentence, next };
}

/** The sentence and next step of one verdict of a decision, the first or another amber one. */
export function reason(
  decision: Decision,
  verdict: Verdict,
  messages: Messages,
  { locale = "fr", digits = null }: WordingOptions = {},
): [sentence: string, next: string] {
  const details = decision.details;
  const values: Record<string, unknown> = { digits };
  for (const key of ["from", "issued", "again"]) {
    if (key in details) values[key] = dayWords(Number(details[key]), messages);
  }
  for (const key of ["shown", "floor"]) {
    if (key in details) values[key] = momentWords(Number(details[key]), messages);
  }
  // Half open: the day of its last second.
  if ("until" in details) values["until"] = dayWords(Number(details["until"]) - 1, messages);
  if ("since" in details)
    values["since"] = sinceWords(Number(details["since"]), decision.effective, messages, locale);
  for (const key of ["till", "limit"]) if (key in details) values[key] = details[key];
  if ("used" in details) {
    values["count"] = details["used"];
    values["period"] = fill(messages, `period.${details["period"]}`, {});
  }
  const [sentence, next] = keys(decision, verdict, digits);
  return [
    fill(messages, `${verdict}.${sentence}`, values, locale),
    fill(messages, `${verdict}.${next}`, values, locale),
  ];
}

/** Choose among the variants of a verdict's sentence and next step. */
function keys({ details }: Decision, verdict: Verdict, digits: string | null): [string, string] {
  if (verdict === "not_ours" && "what" in details)
    return [`sentence_${details["what"]}`, `next_${details["what"]}`];
  if (verdict === "not_yet_valid" && details["what"] === "offer") return ["sentence_offer", "next"];
  if (verdict === "expired" && details["what"] === "offer") return ["sentence_offer", "next_offer"];
  if (verdict === "not_live" && digits !== null) return ["sentence", "next_digits"];
  if (verdict === "already_accepted") {
    const elsewhere = "till" in details;
    const late = elsewhere || Number(details["since"]) > DARK_SCREEN;
    return [elsewhere ? "sentence_till" : "sentence", late ? "next_late" : "next"];
  }
  if (verdict === "used_up") return ["sentence", "again" in details ? "next.again" : "next.total"];
  return ["sentence", "next"];
}

/** The Paris date of a moment: "31 mars 2027". */
export function dayWords(at: number, messages: Messages): string {
  const [year, month, day] = dayOf(at).split("-").map(Number);
  const number = day === 1 ? messages["date.first"] : day;
  return fill(messages, "date.day", { day: number, month: messages[`date.month${month}`], year });
}

/** The Paris date and time of a moment: "31 mars 2027 à 9 h 05". */
export function momentWords(at: number, messages: Messages): string {
  const minutes = Math.floor((at + offset(at)) / MINUTE);
  const hour = Math.floor(minutes / 60) % 24;
  const minute = String(minutes % 60).padStart(2, "0");
  return fill(messages, "date.moment", { day: dayWords(at, messages), hour, minute });
}

/** How long ago, as one says it: "il y a 12 s"; from a day on, the date. */
export function sinceWords(seconds: number, effective: number, messages: Messages, locale: string): string {
  if (seconds < 1) return fill(messages, "since.now", {});
  if (seconds >= DAY) return fill(messages, "since.day", { day: dayWords(effective - seconds, messages) });
  const [unit, size] =
    seconds >= HOUR ? ["hours", HOUR] : seconds >= MINUTE ? ["minutes", MINUTE] : ["seconds", 1];
  return fill(messages, `since.${unit}`, { count: Math.floor(seconds / (size as number)) }, locale);
}

function fill(messages: Messages, key: string, values: Record<string, unknown>, locale = "fr"): string {
  return sentenceOf(messages, key, values, locale) ?? "";
}
