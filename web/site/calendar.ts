/** Today in Paris as `YYYY-MM-DD`, whatever the phone's zone: an offer's last day ends at midnight in Paris. */
export function today(now: Date = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: "Europe/Paris",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(now);
}

const PARTS: Record<string, Intl.DateTimeFormatOptions> = {
  short: { day: "numeric", month: "short", timeZone: "UTC" },
  long: { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" },
};

/** « 31 mars » this year and next, « 31 mars 2028 » later; the first of a month is « 1er ». */
export function dayText(day: string, lang: string, length: "short" | "long" = "long"): string {
  const written = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "fr-FR", PARTS[length]).format(new Date(day));
  return lang === "fr" ? written.replace(/^1 /, "1er ") : written;
}

/** Whole days from `today` to `day`; 0 on the day itself. */
export function daysUntil(day: string, from: string): number {
  return Math.round((Date.parse(day) - Date.parse(from)) / 86_400_000);
}
