/** Dates move on between two builds: what has ended is hidden, what ends soon says so. */

import { builtDay } from "../ui/built.ts";
import { daysUntil, shortDay } from "./calendar.ts";
import { say } from "./words.ts";

/** Days left from which an offer ends soon; as ENDS_SOON_DAYS of catalogue/model/offer.py. */
export const SOON = 10;

// The site is built every day: after a week, either this device or the site has been cut off.
const OLD = 7;

/** Says of which day the offers are, and loudly when they have aged: an ended one hides by itself, a new one cannot show. */
export async function tellAge(now: string): Promise<void> {
  const built = await builtDay();
  const [told, old] = [document.getElementById("built"), document.getElementById("age")];
  if (!built || !told || !old) return;
  const day = shortDay(built, built, (name) => say(`month.${name}`));
  told.textContent = ` · ${say("built", { day })}`;
  if (daysUntil(now, built) < OLD) return;
  old.textContent = say("old", { day });
  old.hidden = false;
}

export function freshen(root: ParentNode, now: string): void {
  for (const ticket of root.querySelectorAll<HTMLElement>("[data-until]")) {
    const left = daysUntil(ticket.dataset["until"] ?? now, now);
    const item = ticket.closest("li");
    if (left < 0 && item) item.hidden = true;
    const until = ticket.querySelector<HTMLElement>("[data-until-text]");
    if (until && left >= 0 && left <= SOON) {
      // The chip may begin with an icon, which stays.
      until.lastChild!.textContent = left === 0 ? say("last_day") : say("days_left", { count: left });
      until.classList.add("chip-stop");
    }
  }
  for (const section of root.querySelectorAll<HTMLElement>("[data-hide-empty]")) {
    section.hidden = !section.querySelector("li:not([hidden])");
  }
}
