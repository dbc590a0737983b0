/** Dates move on between two builds: what has ended is hidden, what ends soon says so. */

import { daysUntil } from "./calendar.ts";
import { say } from "./words.ts";

/** Days left from which an offer ends soon; as ENDS_SOON_DAYS of catalogue/offer.py. */
export const SOON = 10;

export function freshen(root: ParentNode, now: string): void {
  for (const ticket of root.querySelectorAll<HTMLElement>("[data-until]")) {
    const left = daysUntil(ticket.dataset.until ?? now, now);
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
