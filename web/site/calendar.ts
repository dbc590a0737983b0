/** Today in Paris as `YYYY-MM-DD`, whatever the phone's zone: an offer's last day ends at midnight in Paris. */
export function today(now: Date = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: "Europe/Paris",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(now);
}

/** « 31 mars 2027 », “31 March 2027”; the first of a month is « 1er », as site_builder writes it. */
export function dayText(day: string, lang: string): string {
  const written = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "fr-FR", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(new Date(day));
  return lang === "fr" ? written.replace(/^1 /, "1er ") : written;
}

/** Whole days from `from` to `day`; 0 on the day itself. */
export function daysUntil(day: string, from: string): number {
  return Math.round((Date.parse(day) - Date.parse(from)) / 86_400_000);
}
