/** One offer: what it gives, how to use it, and the one big button. */

import type { JSX } from "preact";
import type { Pass } from "../../core/card.ts";
import { ranked, type Ranked } from "../../core/standing.ts";
import { dayOf, dayWords } from "../../core/days.ts";
import { useWallet } from "../../context.ts";
import { toggleFavourite } from "../../device/favourites.ts";
import { home, months, say } from "../../words.ts";
import { limit, spent, until } from "../mine/limits.ts";
import { CONTENT, DemoMark, headlineSize, Icon, Note, Screen, tinted } from "../parts.tsx";
import { UseAction } from "../showing/use_action.tsx";

export function Offer({ pass }: { pass: Pass }): JSX.Element {
  const { uses, favourites, now } = useWallet();
  const item = ranked([pass], uses, favourites, now)[0]!;
  const { entry, card } = item;
  const end = until(entry, item.standing, now);
  const often = limit(entry);
  const already = spent(item);
  return (
    <Screen title={entry.title} titleHidden class="offer" style={tinted(entry)}>
      <div class="offer-head">
        <div class="wrap stack">
          {card.bundle.demo && <DemoMark />}
          <p class="offer-partner">{entry.partner}</p>
          <p class={`headline ${headlineSize(entry.headline)}`} {...CONTENT}>
            {entry.headline}
          </p>
          <p class="offer-title" aria-hidden="true" {...CONTENT}>
            {entry.title}
          </p>
        </div>
      </div>
      <div class="wrap stack offer-body">
        <ul class="row facts" role="list">
          <li class={`chip ${end.urgent ? "chip-stop" : ""}`}>
            <Icon name="clock" />
            {end.words}
          </li>
          <li class="chip">
            <Icon name={entry.channel === "online" ? "online" : "store"} />
            {say(`channel.${entry.channel}`)}
          </li>
          {often && (
            <li class="chip">
              <Icon name="repeat" />
              {often}
            </li>
          )}
        </ul>
        <Standing item={item} />
        {already && <p class="soft">{already}</p>}
        <UseAction item={item} />
        <Lines title={say("offer.steps")} lines={entry.steps} kind="steps" />
        <Lines title={say("offer.conditions")} lines={entry.conditions} kind="ticks" />
        <Lines title={say("offer.not_allowed")} lines={entry.notAllowed} kind="crosses" />
        <More item={item} />
      </div>
    </Screen>
  );
}

/** Why an offer cannot be used today, and what to do. The person may know better than their history. */
function Standing({ item }: { item: Ranked }): JSX.Element | null {
  const { now } = useWallet();
  const day = dayWords(dayOf(item.entry.validFrom), now, months());
  if (item.standing === "now") return null;
  return (
    <Note kind="warn">
      <p>{say(`standing.${item.standing}`, { day })}</p>
    </Note>
  );
}

export function Lines(props: {
  title: string;
  lines: readonly string[];
  kind: "steps" | "ticks" | "crosses";
}): JSX.Element | null {
  if (props.lines.length === 0) return null;
  const List = props.kind === "steps" ? "ol" : "ul";
  return (
    <section class="stack">
      <h2 class="lines-title">{props.title}</h2>
      <List class={`lines lines-${props.kind}`} role="list">
        {props.lines.map((line, at) => (
          <li key={line}>
            {props.kind === "steps" ? (
              <span class="line-number num" aria-hidden="true">
                {at + 1}
              </span>
            ) : (
              <Icon name={props.kind === "ticks" ? "check" : "close"} />
            )}
            <span {...CONTENT}>{line}</span>
          </li>
        ))}
      </List>
    </section>
  );
}

function More({ item }: { item: Ranked }): JSX.Element {
  const { changed, go, now } = useWallet();
  const { card, entry, favourite } = item;
  const toggle = (): void => {
    toggleFavourite(entry.offer);
    void changed();
  };
  const remind = async (): Promise<void> => {
    const { saveCalendar } = await import("../../device/calendar.ts");
    saveCalendar([entry], entry.slug);
  };
  return (
    <div class="row more">
      <button type="button" class="button button-quiet heart" aria-pressed={favourite} onClick={toggle}>
        <Icon name="heart" />
        {say("favourite.label")}
      </button>
      <button type="button" class="button button-quiet" onClick={() => void remind()}>
        <Icon name="calendar" />
        {say("calendar.one")}
      </button>
      {entry.paper && entry.validUntil > now && (
        <button
          type="button"
          class="button button-quiet"
          onClick={() => go({ view: "paper", card: card.id, offer: entry.offer })}
        >
          <Icon name="print" />
          {say("paper.one")}
        </button>
      )}
      <a class="button button-quiet" href={`${home()}offres/${entry.slug}/`}>
        {say("offer.page")}
      </a>
    </div>
  );
}
