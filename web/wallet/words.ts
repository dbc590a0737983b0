/** Sentences of the page's own messages, in the page's language. */

import { sentence } from "../locales/sentences.ts";
import type { Months } from "./core/days.ts";

let kept: Record<string, string> | undefined;

/** How browsers name the page's language (BCP 47). */
export const locale = (): string => document.body.dataset["locale"] ?? "fr-FR";
/** The site's root, ending with a slash. */
export const base = (): string => document.body.dataset["base"] ?? "./";
/** The site's home in the page's language. */
export const home = (): string => document.body.dataset["home"] ?? base();

/** @param length of their names: short ones are for tickets. */
export function months(length: "long" | "short" = "long"): Months {
  return { first: say("months.first"), names: say(`months.${length}`).split(" ") };
}

export type Values = Readonly<Record<string, string | number>>;

/** One sentence of locales' wallet file; `count` chooses its plural category. */
export function say(key: string, values: Values = {}): string {
  kept ??= JSON.parse(document.getElementById("messages")?.textContent ?? "{}") as Record<string, string>;
  return sentence(kept, `wallet.${key}`, values, locale()) ?? key;
}
