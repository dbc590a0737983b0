/** Where an offer stands for its person today, and in which order offers are shown. */

import type { Entry } from "../../voucher/bundle.ts";
import type { Pass, Use } from "./card.ts";
import { periodStart } from "./days.ts";

/** In the order of the list: what can be used now comes first. */
export const STANDINGS = ["now", "soon", "used", "ended"] as const;
export type Standing = (typeof STANDINGS)[number];

/** What the person said was accepted in the running period. */
export function usedCount(pass: Pass, uses: readonly Use[], now: number): number {
  const start = periodStart(now, pass.entry.period);
  return uses.filter(
    (use) =>
      use.outcome === "accepted" &&
      use.card === pass.card.id &&
      use.offer === pass.entry.offer &&
      use.at >= start,
  ).length;
}

export function standing(entry: Entry, used: number, now: number): Standing {
  if (now >= entry.validUntil) return "ended";
  if (now < entry.validFrom) return "soon";
  return entry.uses > 0 && used >= entry.uses ? "used" : "now";
}

export interface Ranked extends Pass {
  readonly standing: Standing;
  readonly used: number;
  readonly favourite: boolean;
}

/** Usable now first, then the soonest end; an upcoming offer counts by its start. */
export function ranked(
  all: readonly Pass[],
  uses: readonly Use[],
  favourites: ReadonlySet<number>,
  now: number,
): Ranked[] {
  const edge = (item: Ranked): number =>
    item.standing === "soon" ? item.entry.validFrom : item.entry.validUntil;
  return all
    .map((pass) => {
      const used = usedCount(pass, uses, now);
      const favourite = favourites.has(pass.entry.offer);
      return { ...pass, used, favourite, standing: standing(pass.entry, used, now) };
    })
    .sort(
      (a, b) =>
        STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing) ||
        edge(a) - edge(b) ||
        a.entry.offer - b.entry.offer,
    );
}
