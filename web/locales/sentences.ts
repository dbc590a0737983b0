/** Sentences of `cje/locales`, flat by key, with plural categories of Unicode CLDR; as cje/locales/__init__.py. */

export type Messages = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, unknown>>;

const rules = new Map<string, Intl.PluralRules>();

/**
 * One sentence with its placeholders filled; `count` chooses the plural category.
 *
 * @param locale a BCP 47 tag of the sentences' language.
 * @returns undefined for an unknown key.
 */
export function sentence(
  messages: Messages,
  key: string,
  values: Values,
  locale: string,
): string | undefined {
  const found =
    messages[key] ??
    messages[`${key}.${pluralCategory(values["count"], locale)}`] ??
    messages[`${key}.other`];
  return found?.replace(/\{([a-z_]+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** The category of a number; text, such as a number that is already written, is `other`. */
export function pluralCategory(count: unknown, locale: string): Intl.LDMLPluralRule {
  if (typeof count !== "number") return "other";
  let rule = rules.get(locale);
  if (rule === undefined) rules.set(locale, (rule = new Intl.PluralRules(locale)));
  return rule.select(count);
}
