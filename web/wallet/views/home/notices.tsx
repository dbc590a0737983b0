/** What a person should know on opening the wallet, each in a sentence; the most serious first. */

import type { JSX } from "preact";
import type { Card } from "../../core/card.ts";
import type { Change } from "../../core/changes.ts";
import { daysLeft, untilWords } from "../../core/days.ts";
import type { Ranked } from "../../core/standing.ts";
import { useWallet } from "../../context.ts";
import { amendCard } from "../../device/cards.ts";
import { months, say } from "../../words.ts";
import { ClockNote } from "../showing/clock_note.tsx";
import { InstallNote } from "../adding/install_note.tsx";
import { CONTENT, Note } from "../parts.tsx";

// A reminder for more than this is noise.
const REMIND = 3;

export function Notices({ card, all }: { card: Card; all: readonly Ranked[] }): JSX.Element {
  const { now, go } = useWallet();
  const ending = all.filter(
    ({ standing, entry }) => standing === "now" && daysLeft(entry.validUntil, now) <= REMIND,
  );
  return (
    <>
      {card.closed && (
        <Note kind="stop">
          <p>
            <strong>{say("closed.title")}</strong>
          </p>
          <p>{say("closed.sentence")}</p>
          <button type="button" class="button" onClick={() => go({ view: "add" })}>
            {say("mine.add")}
          </button>
        </Note>
      )}
      {card.bundle.demo && (
        <Note kind="warn">
          <p>{say("demo.sentence")}</p>
        </Note>
      )}
      <ClockNote />
      {card.leftOut.length > 0 && (
        <Note kind="warn">
          <p>{say("left_out", { count: card.leftOut.length, titles: card.leftOut.join(", ") })}</p>
        </Note>
      )}
      {card.news.length > 0 && <News card={card} />}
      {ending.length > 0 && (
        <Note kind="stop">
          <p>{say("reminder", { count: ending.length, title: ending[0]!.entry.title })}</p>
        </Note>
      )}
      {card.bundle.note && (
        <Note kind="plain">
          <p>
            <strong>{say("note.title")}</strong>
          </p>
          <p {...CONTENT}>{card.bundle.note}</p>
        </Note>
      )}
      <InstallNote />
    </>
  );
}

function News({ card }: { card: Card }): JSX.Element {
  const { db, changed, now } = useWallet();
  const read = async (): Promise<void> => {
    await amendCard(db, card.id, { news: [] });
    await changed();
  };
  return (
    <Note kind="ok">
      <p>
        <strong>{say("news.title")}</strong>
      </p>
      <ul>
        {card.news.map((change, at) => (
          <li key={at}>{words(change, now)}</li>
        ))}
      </ul>
      <button type="button" class="button button-quiet" onClick={() => void read()}>
        {say("news.read")}
      </button>
    </Note>
  );
}

function words(change: Change, now: number): string {
  const { kind, title = "", before = "", after = "", until } = change;
  return say(`news.${kind}`, { title, before, after, day: until ? untilWords(until, now, months()) : "" });
}
