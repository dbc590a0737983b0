/** Vouchers for a printer: each with what the cashier must read, in black on white. */

import type { JSX } from "preact";
import { encode, VOUCHER } from "../../../voucher/armour.ts";
import type { Entry } from "../../../voucher/bundle.ts";
import { passes, type Card } from "../../core/card.ts";
import { dayOf, dayWords, untilWords } from "../../core/days.ts";
import { useWallet } from "../../context.ts";
import { months, say } from "../../words.ts";
import { limit } from "../mine/limits.ts";
import { CONTENT, DemoMark, Icon, Note, Screen } from "../parts.tsx";
import { Qr } from "./qr.tsx";

/** @param offer one offer's number, or null for all that may be printed. */
export function Paper({ card, offer }: { card: Card; offer: number | null }): JSX.Element {
  const { now } = useWallet();
  const sheets = passes([card])
    .map(({ entry }) => entry)
    .filter((entry) => entry.paper && entry.validUntil > now && (offer === null || entry.offer === offer));
  return (
    <Screen title={say("paper.title")} class="paper">
      <div class="wrap stack">
        <div class="stack paper-talk">
          <Note kind="warn">
            <p>{say("paper.care")}</p>
          </Note>
          <p>{say("paper.same")}</p>
          <button type="button" class="button button-wide" onClick={() => print()}>
            <Icon name="print" />
            {say("paper.print", { count: sheets.length })}
          </button>
        </div>
        {sheets.map((entry) => (
          <Sheet key={entry.offer} card={card} entry={entry} />
        ))}
      </div>
    </Screen>
  );
}

function Sheet({ card, entry }: { card: Card; entry: Entry }): JSX.Element {
  const { now } = useWallet();
  const { bundle } = card;
  const dates = say("paper.dates", {
    from: dayWords(dayOf(entry.validFrom), now, months()),
    until: untilWords(entry.validUntil, now, months()),
  });
  return (
    <article class="sheet" aria-label={entry.title}>
      <div class="sheet-code">
        <Qr text={encode(VOUCHER, entry.paper!)} label={say("paper.qr", { title: entry.title })} paper />
      </div>
      <div class="sheet-words">
        <p class="sheet-partner">{entry.partner}</p>
        <p class="sheet-headline" {...CONTENT}>
          {entry.headline}
        </p>
        <h2 {...CONTENT}>{entry.title}</h2>
        <p>{dates}</p>
        <p>{[limit(entry), bundle.firstName].filter(Boolean).join(" · ")}</p>
        {bundle.demo && <DemoMark />}
        <ul {...CONTENT}>
          {entry.conditions.map((line) => (
            <li key={line}>{line}</li>
          ))}
          {entry.notAllowed.map((line) => (
            <li key={line}>{say("paper.except", { line })}</li>
          ))}
        </ul>
        <p class="sheet-foot">{say("paper.foot", { operator: bundle.operator })}</p>
      </div>
    </article>
  );
}
