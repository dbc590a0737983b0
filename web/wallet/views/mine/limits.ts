/** How long and how often an offer can be used, in words. */

import type { Entry } from "../../../voucher/bundle.ts";
import type { Ranked, Standing } from "../../core/standing.ts";
import { daysLeft, dayOf, dayWords, SOON, untilWords, URGENT } from "../../core/days.ts";
import { months, say } from "../../words.ts";

const PERIODS = ["total", "day", "week", "month"] as const;

export interface Until {
  readonly words: string;
  /** 10 days or fewer: shown in red, always with its words. */
  readonly urgent: boolean;
}

/** « Fin dans 3 jours » when it is near, « Jusqu'au 31 mars » when it is not. */
export function until(entry: Entry, standing: Standing, now: number, month?: "short"): Until {
  if (standing === "ended") return { words: say("until.ended"), urgent: false };
  if (standing === "soon") {
    return {
      words: say("until.from", { day: dayWords(dayOf(entry.validFrom), now, months(month)) }),
      urgent: false,
    };
  }
  const count = daysLeft(entry.validUntil, now);
  const urgent = count <= URGENT;
  if (count <= 0) return { words: say("until.today"), urgent };
  if (count === 1) return { words: say("until.tomorrow"), urgent };
  if (count <= SOON) return { words: say("until.days", { count }), urgent };
  return { words: say("until.day", { day: untilWords(entry.validUntil, now, months(month)) }), urgent };
}

/** « 2 fois par mois », empty without a limit. */
export function limit(entry: Entry): string {
  return entry.uses ? say(`limit.${PERIODS[entry.period]!}`, { count: entry.uses }) : "";
}

/** « Déjà utilisé 1 fois sur 2 ce mois-ci », empty before the first use or without a limit. */
export function spent({ entry, used }: Pick<Ranked, "entry" | "used">): string {
  if (!entry.uses || !used) return "";
  return say(`spent.${PERIODS[entry.period]!}`, { count: used, uses: entry.uses });
}
