/** Sentences of the page's own messages, in the page's language. */

import type { Months } from "./core/days.ts";

let kept: Record<string, string> | undefined;

export const lang = (): "fr" | "en" => (document.body.dataset["lang"] === "en" ? "en" : "fr");
/** The site's root, ending with a slash. */
export const base = (): string => document.body.dataset["base"] ?? "./";
/** The site's home in the page's language. */
export const home = (): string => document.body.dataset["home"] ?? base();

/** @param length of their names: short ones are for tickets. */
export function months(length: "long" | "short" = "long"): Months {
  return { first: say("months.first"), names: say(`months.${length}`).split(" ") };
}

export type Values = Readonly<Record<string, string | number>>;

/** One sentence of locales' wallet file; `count` chooses between `.one` and `.other` as cje/locales/__init__.py does. */
export function say(key: string, values: Values = {}): string {
  kept ??= JSON.parse(document.getElementById("messages")?.textContent ?? "{}") as Record<string, string>;
  const { count } = values;
  const one = count === 1 || (count === 0 && lang() === "fr");
  const name = `wallet.${key}`;
  const sentence = kept[name] ?? kept[`${name}.${one ? "one" : "other"}`] ?? key;
  return sentence.replace(/\{([a-z_]+)\}/g, (_, slot: string) => String(values[slot] ?? ""));
}
