/** The few sentences that scripts write, from the page's own `messages`. */

import { sentence } from "../locales/sentences.ts";

let kept: Record<string, string> | undefined;

function all(): Record<string, string> {
  kept ??= JSON.parse(document.getElementById("messages")?.textContent ?? "{}") as Record<string, string>;
  return kept;
}

/** One sentence; `{count}` chooses its plural category. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  return sentence(all(), key, values, document.documentElement.lang) ?? key;
}
