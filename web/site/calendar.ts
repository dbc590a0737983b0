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

/** « 31 déc. », “31 Dec”, with its year when it is far from `from`; as site_builder/pages/views.py writes it. */
export function shortDay(day: string, from: string, month: (name: number | "first") => string): string {
  const [year, at, date] = day.split("-").map(Number) as [number, number, number];
  const written = `${date === 1 ? month("first") : date} ${month(at)}`;
  return daysUntil(day, from) > YEAR_IS_PLAIN ? `${written} ${year}` : written;
}

/** Whole days from `from` to `day`; 0 on the day itself. */
export function daysUntil(day: string, from: string): number {
  return Math.round((Date.parse(day) - Date.parse(from)) / 86_400_000);
}
