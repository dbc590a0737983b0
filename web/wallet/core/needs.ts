/** The six needs and their colours. An operator's own category gets one of the six colours, always the same. */

const KNOWN: Readonly<Record<string, string>> = {
  "alimentation-hygiene": "food",
  mobilite: "move",
  logement: "home",
  sante: "care",
  loisirs: "play",
  equipement: "gear",
};
export const NEEDS = Object.values(KNOWN);

export function needOf(category: string): string {
  const spread = Array.from(category).reduce((sum, character) => sum + character.charCodeAt(0), 0);
  return KNOWN[category] ?? NEEDS[spread % NEEDS.length]!;
}
