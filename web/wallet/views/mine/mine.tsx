/** My cards and my data: everything that the phone keeps, in sight and in one's own hands. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { languageLinks } from "../../../ui/languages.ts";
import { passes, type Card } from "../../core/card.ts";
import { dayOf, dayWords, untilWords } from "../../core/days.ts";
import { removeCard } from "../../device/cards.ts";
import { useWallet } from "../../context.ts";
import { home, months, say } from "../../words.ts";
import { Backup } from "./backup.tsx";
import { Confirm } from "./confirm.tsx";
import { Erase } from "./erase.tsx";
import { History } from "./history.tsx";
import { DemoMark, Icon, Note, Screen } from "../parts.tsx";
import { Pin } from "./pin.tsx";
import { Requests } from "./requests.tsx";

export function Mine(): JSX.Element {
  const { cards, go } = useWallet();
  return (
    <Screen title={say("mine.title")}>
      <div class="wrap stack mine">
        <section class="stack" aria-labelledby="mine-cards">
          <h2 id="mine-cards">{say("mine.cards")}</h2>
          {cards.map((card) => (
            <CardRow key={card.id} card={card} />
          ))}
          <button type="button" class="button button-line button-wide" onClick={() => go({ view: "add" })}>
            <Icon name="plus" />
            {say("mine.add")}
          </button>
          <Refresh />
        </section>
        <History />
        <Calendar />
        <Printing />
        <Backup />
        <Pin />
        <Requests />
        <Erase />
        <p>
          <a href={home()}>{say("mine.site")}</a>
        </p>
        <Languages />
      </div>
    </Screen>
  );
}

/** The same page in the other languages, on the same server. */
function Languages(): JSX.Element | null {
  const links = languageLinks(document.body);
  if (links.length === 0) return null;
  return (
    <p class="row">
      {links.map(({ code, href, name }) => (
        <a key={code} href={href} hreflang={code} lang={code}>
          {name}
        </a>
      ))}
    </p>
  );
}

function CardRow({ card }: { card: Card }): JSX.Element {
  const { db, changed, now } = useWallet();
  const { bundle } = card;
  const remove = async (): Promise<void> => {
    await removeCard(db, card.id);
    await changed();
  };
  return (
    <article class="card stack card-row">
      <h3>
        {bundle.operator} {bundle.demo && <DemoMark />}
      </h3>
      <p>
        {[bundle.firstName, bundle.programme].filter(Boolean).join(" · ")}
        <br />
        {card.closed
          ? say("card.closed_short")
          : say("card.until", { day: untilWords(bundle.expires, now, months()) })}
      </p>
      <p class="soft">{say("mine.checked", { day: dayWords(dayOf(card.checkedAt), now, months()) })}</p>
      <Confirm action={say("mine.remove")} question={say("mine.remove_sure")} onYes={remove} />
    </article>
  );
}

function Refresh(): JSX.Element {
  const { refresh, announce } = useWallet();
  const [state, setState] = useState<"idle" | "busy" | "done" | "failed">("idle");
  const look = async (): Promise<void> => {
    setState("busy");
    const next = (await refresh()) ? "done" : "failed";
    setState(next);
    announce(say(`mine.refresh_${next}`));
  };
  return (
    <>
      <button
        type="button"
        class="button button-quiet button-wide"
        disabled={state === "busy"}
        onClick={() => void look()}
      >
        <Icon name="repeat" />
        {say(state === "busy" ? "mine.refresh_busy" : "mine.refresh")}
      </button>
      {(state === "done" || state === "failed") && (
        <Note kind={state === "done" ? "ok" : "warn"}>
          <p>{say(`mine.refresh_${state}`)}</p>
        </Note>
      )}
    </>
  );
}

/** Cards with something that may be on paper, each with one button. */
function Printing(): JSX.Element | null {
  const { cards, now, go } = useWallet();
  const fit = cards.filter((card) =>
    passes([card]).some(({ entry }) => entry.paper && entry.validUntil > now),
  );
  if (fit.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="mine-paper">
      <h2 id="mine-paper">{say("paper.title")}</h2>
      <p>{say("paper.sentence")}</p>
      {fit.map((card) => (
        <button
          key={card.id}
          type="button"
          class="button button-quiet button-wide"
          onClick={() => go({ view: "paper", card: card.id, offer: null })}
        >
          <Icon name="print" />
          {fit.length > 1 ? `${say("paper.all")} · ${card.bundle.operator}` : say("paper.all")}
        </button>
      ))}
    </section>
  );
}

function Calendar(): JSX.Element | null {
  const { cards, now } = useWallet();
  const entries = passes(cards).flatMap(({ entry }) => (entry.validUntil > now ? [entry] : []));
  if (entries.length === 0) return null;
  const save = async (): Promise<void> => {
    const { saveCalendar } = await import("../../device/calendar.ts");
    saveCalendar(entries, say("calendar.file"));
  };
  return (
    <section class="stack" aria-labelledby="mine-calendar">
      <h2 id="mine-calendar">{say("calendar.heading")}</h2>
      <p>{say("calendar.sentence")}</p>
      <button type="button" class="button button-quiet button-wide" onClick={() => void save()}>
        <Icon name="calendar" />
        {say("calendar.all")}
      </button>
    </section>
  );
}
