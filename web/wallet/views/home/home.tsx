/** The opened wallet: the card, what is new, and what can be used now. */

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { passes, type Card } from "../../core/card.ts";
import { needOf, NEEDS } from "../../core/needs.ts";
import { euros, total } from "../../core/money.ts";
import { ranked, type Ranked } from "../../core/standing.ts";
import { useWallet } from "../../context.ts";
import { home, locale, say } from "../../words.ts";
import { CardFace } from "../showing/card_face.tsx";
import { Notices } from "./notices.tsx";
import { Heading, Icon } from "../parts.tsx";
import { Ticket } from "./ticket.tsx";

export function Home({ start }: { start: string | null }): JSX.Element {
  const { cards, uses, favourites, now } = useWallet();
  const [front, setFront] = useState(start);
  useEffect(() => setFront(start), [start]);
  const card = cards.find(({ id }) => id === front) ?? cards[cards.length - 1]!;
  const all = useMemo(() => ranked(passes([card]), uses, favourites, now), [card, uses, favourites, now]);
  return (
    <div class="home">
      <Top card={card} onChoose={setFront} />
      <div class="wrap home-body stack">
        <Notices card={card} all={all} />
        {!card.closed && <List all={all} />}
      </div>
    </div>
  );
}

function Top({ card, onChoose }: { card: Card; onChoose(id: string): void }): JSX.Element {
  const { cards, uses, go } = useWallet();
  const saved = total(uses);
  return (
    <header class="hero fill-brand">
      <div class="wrap">
        <div class="hero-bar">
          <Heading class="hero-title">{say("title")}</Heading>
          <button
            type="button"
            class="icon-button"
            onClick={() => go({ view: "mine" })}
            aria-label={say("mine.open")}
          >
            <Icon name="menu" />
          </button>
        </div>
        {cards.length > 1 && (
          <ul class="behind" role="list" aria-label={say("card.others")}>
            {cards.map((other) =>
              other === card ? null : (
                <li key={other.id}>
                  <button type="button" class="behind-card" onClick={() => onChoose(other.id)}>
                    <span>{other.bundle.operator}</span>
                    <span>{other.bundle.firstName ?? other.bundle.programme}</span>
                  </button>
                </li>
              ),
            )}
          </ul>
        )}
        <CardFace card={card} />
        {saved > 0 && (
          <button type="button" class="saved" onClick={() => go({ view: "mine" })}>
            {say("savings.total", { amount: euros(saved, locale()) })}
          </button>
        )}
      </div>
    </header>
  );
}

// A screenful and a half: what a slow phone draws before it draws the rest.
const AT_FIRST = 9;
let drawn = false;

/** All of them, but for the very first drawing of this page. */
function useGradually(all: readonly Ranked[]): readonly Ranked[] {
  const [whole, setWhole] = useState(drawn);
  useEffect(() => {
    drawn = true;
    const timer = setTimeout(() => setWhole(true));
    return () => clearTimeout(timer);
  }, []);
  return whole ? all : all.slice(0, AT_FIRST);
}

function List({ all }: { all: readonly Ranked[] }): JSX.Element {
  const [need, setNeed] = useState<string | null>(null);
  const { announce } = useWallet();
  const present = NEEDS.filter((name) => all.some(({ entry }) => needOf(entry.category) === name));
  const choices = [...present, ...(all.some(({ favourite }) => favourite) ? ["favourites"] : [])];
  const fits = (pass: Ranked, name: string | null): boolean =>
    name === null || (name === "favourites" ? pass.favourite : needOf(pass.entry.category) === name);
  const shown = all.filter((pass) => fits(pass, need));
  const choose = (name: string | null): void => {
    setNeed(name);
    announce(say("list.count", { count: all.filter((pass) => fits(pass, name)).length }));
  };
  if (all.length === 0) return <Empty />;
  return (
    <>
      {choices.length > 1 && (
        <div class="filters" role="group" aria-label={say("filter.label")}>
          {[null, ...choices].map((name) => (
            <button
              key={name ?? "all"}
              type="button"
              class={`chip chip-choice need-${name ?? "all"}`}
              aria-pressed={need === name}
              onClick={() => choose(name)}
            >
              {say(`filter.${name ?? "all"}`)}
            </button>
          ))}
        </div>
      )}
      {GROUPS.map(([key, standings]) => (
        <Group key={key} name={key} items={shown.filter(({ standing }) => standings.includes(standing))} />
      ))}
    </>
  );
}

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ["now", ["now"]],
  ["later", ["soon", "used"]],
  ["ended", ["ended"]],
];

function Group({ name, items }: { name: string; items: readonly Ranked[] }): JSX.Element | null {
  const near = useGradually(items);
  if (items.length === 0) return null;
  return (
    <section class="stack" aria-labelledby={`group-${name}`}>
      <h2 id={`group-${name}`} class="group-title">
        {say(`list.${name}`)} <span class="soft num">{items.length}</span>
      </h2>
      <ul class="tickets" role="list">
        {near.map((pass) => (
          <Ticket key={pass.entry.offer} pass={pass} />
        ))}
      </ul>
    </section>
  );
}

function Empty(): JSX.Element {
  return (
    <div class="card card-sunken stack empty">
      <h2>{say("empty.title")}</h2>
      <p>{say("empty.sentence")}</p>
      <a class="button button-wide" href={`${home()}offres/`}>
        {say("empty.action")}
      </a>
    </div>
  );
}
