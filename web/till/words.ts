/** Every sentence of the till: `till.…` and `verdicts.…` of locales; those of the first screen are in the page. */

import { sentence } from "../locales/sentences.ts";

export type Values = Readonly<Record<string, string | number>>;

const VERDICT = "verdicts.";

export class Words {
  private readonly euros: Intl.NumberFormat;
  private asked: Promise<void> | null = null;

  /**
   * @param locale how browsers name the page's language (BCP 47).
   * @param restUrl where the sentences are that the page does not hold; undefined when it holds them all.
   */
  constructor(
    private readonly messages: Record<string, string>,
    readonly locale: string,
    private readonly restUrl?: string,
  ) {
    this.euros = new Intl.NumberFormat(locale, {
      style: "currency",
      currency: "EUR",
    });
  }

  /** Have every sentence, from the network or the service worker's cache. Rejects, and may be asked again. */
  rest(): Promise<void> {
    this.asked ??= this.fetchRest().catch((failure) => {
      this.asked = null;
      throw failure;
    });
    return this.asked;
  }

  private async fetchRest(): Promise<void> {
    if (this.restUrl) Object.assign(this.messages, await (await fetch(this.restUrl)).json());
  }

  /** The `verdicts` room with the keys that `web/verifier/wording.ts` takes. */
  get verdicts(): Readonly<Record<string, string>> {
    const own = Object.entries(this.messages).filter(([key]) => key.startsWith(VERDICT));
    return Object.fromEntries(own.map(([key, text]) => [key.slice(VERDICT.length), text]));
  }

  /** One sentence; `count` chooses its plural category. */
  say(key: string, values: Values = {}): string {
    return sentence(this.messages, `till.${key}`, values, this.locale) ?? key;
  }

  /** Cents as money: "24,90 €". */
  money(cents: number): string {
    return this.euros.format(cents / 100);
  }

  /** The day of a moment (seconds) in Paris: "samedi 21 novembre". */
  day(at: number): string {
    return new Intl.DateTimeFormat(this.locale, {
      timeZone: "Europe/Paris",
      weekday: "long",
      day: "numeric",
      month: "long",
    }).format(at * 1000);
  }

  /** Bytes as a person reads them: "12 Mo". */
  size(bytes: number): string {
    const unit = bytes < 1e9 ? "megabyte" : "gigabyte";
    const amount = bytes / (bytes < 1e9 ? 1e6 : 1e9);
    return new Intl.NumberFormat(this.locale, {
      style: "unit",
      unit,
      maximumSignificantDigits: 2,
    }).format(amount);
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
