/** The few sentences that scripts write, from the page's own `messages`. */

let kept: Record<string, string> | undefined;

function all(): Record<string, string> {
  kept ??= JSON.parse(document.getElementById("messages")?.textContent ?? "{}") as Record<string, string>;
  return kept;
}

/** One sentence; `{count}` chooses between `.one` and `.other` as in cje/locales/__init__.py. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const { lang } = document.documentElement;
  const { count } = values;
  const one = count === 1 || (count === 0 && lang === "fr");
  const sentence = all()[key] ?? all()[`${key}.${one ? "one" : "other"}`] ?? key;
  return sentence.replace(/\{([a-z_]+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
