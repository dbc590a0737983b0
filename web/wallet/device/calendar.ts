/** Reminders handed to the phone's own calendar. */

import type { Entry } from "../../voucher/bundle.ts";
import { lastDay } from "../core/days.ts";
import { calendarFile } from "../core/ics.ts";
import { say } from "../words.ts";
import { saveFile } from "./download.ts";

export function saveCalendar(entries: readonly Entry[], name: string): void {
  const reminders = entries.map((entry) => ({
    id: `offer-${entry.offer}-${entry.validUntil}`,
    title: say("calendar.title", { title: entry.title }),
    details: `${entry.partner}\n${entry.conditions.join("\n")}`,
    day: lastDay(entry.validUntil),
  }));
  saveFile(`${name}.ics`, "text/calendar", calendarFile(reminders, Math.floor(Date.now() / 1000)));
}
