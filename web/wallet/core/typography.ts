/** French no-break spaces in what editors wrote: the rules of `typographic` in cje/locales/__init__.py. */

const RULES: readonly (readonly [RegExp, string])[] = [
  [/ (?=[;!?»])/g, "\u202f"],
  [/« /g, "«\u202f"],
  [/ (?=[:%€])/g, "\u00a0"],
  [/(\d) (?=\d{3}(?!\d))/g, "$1\u202f"],
  [/(\d) (?=(?:h|min|Go|km|kg|ans)\b)/g, "$1\u00a0"],
  [/(\d\u00a0h) (?=\d)/g, "$1\u00a0"],
];

export function typographic(sentence: string): string {
  return RULES.reduce((text, [pattern, space]) => text.replace(pattern, space), sentence);
}
