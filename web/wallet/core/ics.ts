/** Reminders as an iCalendar file (RFC 5545). */

export interface Reminder {
  /** Unique and stable: importing twice must not make two. */
  readonly id: string;
  readonly title: string;
  readonly details: string;
  /** Last day, `YYYY-MM-DD`. */
  readonly day: string;
}

/** A day-long entry on the last day, with an alarm three days before. `now` in seconds. */
export function calendarFile(reminders: readonly Reminder[], now: number): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//carte-jeune-engage//wallet//FR",
    ...reminders.flatMap((reminder) => event(reminder, stamp(now))),
    "END:VCALENDAR",
  ];
  return lines.map(fold).join("\r\n") + "\r\n";
}

function event({ id, title, details, day }: Reminder, stamped: string): string[] {
  return [
    "BEGIN:VEVENT",
    `UID:${id}@carte-jeune-engage`,
    `DTSTAMP:${stamped}`,
    `DTSTART;VALUE=DATE:${day.replace(/-/g, "")}`,
    `SUMMARY:${escape(title)}`,
    `DESCRIPTION:${escape(details)}`,
    "TRANSP:TRANSPARENT",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    `DESCRIPTION:${escape(title)}`,
    "TRIGGER:-P3D",
    "END:VALARM",
    "END:VEVENT",
  ];
}

function stamp(now: number): string {
  return new Date(now * 1000).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

/** TEXT of §3.3.11. Control characters cannot be carried at all. */
function escape(text: string): string {
  return text
    .replace(/[\\;,]/g, "\\$&")
    .replace(/\r?\n/g, "\\n")
    .replace(/[\u0000-\u001f\u007f]/g, "");
}

/** Lines of at most 75 bytes (§3.1), cut between characters. */
function fold(line: string): string {
  const encoder = new TextEncoder();
  let out = "";
  let size = 0;
  for (const character of line) {
    const more = encoder.encode(character).length;
    if (size + more > 75) {
      out += "\r\n ";
      size = 1;
    }
    out += character;
    size += more;
  }
  return out;
}
