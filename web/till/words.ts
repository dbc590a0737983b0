/** Every sentence of the page: `till.…` and `verdicts.…` of locales, as the builder wrote them into it. */

export type Values = Readonly<Record<string, string | number>>;

export class Words {
  /** The `verdicts` room with the keys that `web/verifier/wording.ts` takes. */
  readonly verdicts: Readonly<Record<string, string>>;
  private readonly euros: Intl.NumberFormat;

  constructor(
    private readonly messages: Readonly<Record<string, string>>,
    readonly lang: "fr" | "en",
  ) {
    const own = Object.entries(messages).filter(([key]) => key.startsWith("verdicts."));
    this.verdicts = Object.fromEntries(own.map(([key, text]) => [key.slice("verdicts.".length), text]));
    this.euros = new Intl.NumberFormat(lang === "fr" ? "fr-FR" : "en-GB", {
      style: "currency",
      currency: "EUR",
    });
  }

  /** One sentence; `count` chooses between `.one` and `.other` as locales/__init__.py does. */
  say(key: string, values: Values = {}): string {
    const { count } = values;
    const one = count === 1 || (count === 0 && this.lang === "fr");
    const name = `till.${key}`;
    const sentence = this.messages[name] ?? this.messages[`${name}.${one ? "one" : "other"}`] ?? key;
    return sentence.replace(/\{([a-z_]+)\}/g, (_, slot: string) => String(values[slot] ?? ""));
  }

  /** Cents as money: "24,90 €". */
  money(cents: number): string {
    return this.euros.format(cents / 100);
  }

  /** The time of a moment (seconds) on a clock in Paris: "14:05". */
  time(at: number): string {
    return new Intl.DateTimeFormat("fr-FR", {
      timeZone: "Europe/Paris",
      hour: "2-digit",
      minute: "2-digit",
    }).format(at * 1000);
  }
}

const MAX_CENTS = 100_000_00;

/** Cents of what a cashier typed: "24,9", "24.90", "24 €". Null when it is no amount, or above 100,000 €. */
export function parseAmount(typed: string): number | null {
  const match = /^(\d{1,6})(?:[.,](\d{1,2}))?$/.exec(typed.replace(/[\s\u00a0\u202f€]/g, ""));
  if (!match) return null;
  const cents = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return cents > MAX_CENTS ? null : cents;
}
