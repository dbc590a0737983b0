/** Say sentences of one language in the site, the wallet, the till and the verdict; print them for Python. */

import { readFileSync } from "node:fs";
import type { Messages } from "../../locales/sentences.ts";
import { Words } from "../../till/words.ts";
import type { Decision } from "../../verifier/decision.ts";
import { reason } from "../../verifier/wording.ts";

interface Input {
  lang: string;
  locale: string;
  site: Messages;
  wallet: Messages;
  till: Record<string, string>;
  verdicts: Messages;
  counts: number[];
}

const input = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as Input;
const { lang, locale, counts } = input;
let messages = input.site;

// What `say` of the site and of the wallet read of their page.
Object.assign(globalThis, {
  document: {
    documentElement: { lang },
    body: { dataset: { lang, locale } },
    getElementById: () => ({ textContent: JSON.stringify(messages) }),
  },
});
const { say: ofSite } = await import("../../site/words.ts");
const { say: ofWallet } = await import("../../wallet/words.ts");
const till = new Words(input.till, locale);

/** A use that came too often, `used` times. */
function usedUp(used: number): Decision {
  const details = { used, limit: used, period: "week", again: 1_790_000_000, since: 12 };
  return { verdict: "used_up", severity: "refuse", details, effective: 1_789_000_000 } as unknown as Decision;
}

const said = {
  site: counts.map((count) => ofSite("found", { count })),
  wallet: [] as string[],
  till: counts.map((count) => till.say("list.days", { count })),
  money: till.money(123_405),
  verdicts: counts.map((count) => reason(usedUp(count), "used_up", input.verdicts, { locale })),
};
messages = input.wallet;
said.wallet = counts.map((count) => ofWallet("until.days", { count }));
process.stdout.write(JSON.stringify(said));
