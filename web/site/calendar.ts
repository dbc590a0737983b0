/** Today in Paris as `YYYY-MM-DD`, whatever the phone's zone: an offer's last day ends at midnight in Paris. */
export function today(now: Date = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: "Europe/Paris",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(now);
}

// « jusqu'au 31 mars » can only be the next one while it is less than eleven months away.
const YEAR_IS_PLAIN = 330;

/** « 31 mars », “31 March”, with its year when it is far from `from`; as site_builder/views.py writes it. */
export function dayText(day: string, lang: string, from: string): string {
  const written = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "fr-FR", {
    day: "numeric",
    month: "long",
    year: daysUntil(day, from) > YEAR_IS_PLAIN ? "numeric" : undefined,
    timeZone: "UTC",
  }).format(new Date(day));
  return lang === "fr" ? written.replace(/^1 /, "1er ") : written;
}

/** Whole days from `from` to `day`; 0 on the day itself. */
export function daysUntil(day: string, from: string): number {
  return Math.round((Date.parse(day) - Date.parse(from)) / 86_400_000);
}
