/** When the wallet looks for newer files: on opening and on coming back online, quietly, not more than it must. */

import type { Card } from "../core/card.ts";
import { refresh } from "./activation.ts";
import type { Database } from "./database.ts";

/** Files are written again once a day at most; asking more often would only cost data. */
const PAUSE = 6 * 3600;

export function isDue(card: Card, now: number): boolean {
  return now - card.checkedAt >= PAUSE || now < card.checkedAt;
}

/** Look for each card's file, one after another; true when every host answered. */
export async function refreshAll(
  db: Database,
  base: string,
  cards: readonly Card[],
  now: number,
): Promise<boolean> {
  let answered = true;
  for (const card of cards) {
    await refresh(db, base, card, now).catch(() => (answered = false));
  }
  return answered;
}
