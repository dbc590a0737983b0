/** One offer in the list. */

import type { JSX } from "preact";
import type { Ranked } from "../../core/standing.ts";
import { useWallet } from "../../context.ts";
import { say } from "../../words.ts";
import { until } from "../mine/limits.ts";
import { CONTENT, headlineSize, Icon, tinted } from "../parts.tsx";

export function Ticket({ pass }: { pass: Ranked }): JSX.Element {
  const { go, now } = useWallet();
  const { card, entry, standing } = pass;
  const end = until(entry, standing, now, "short");
  return (
    <li>
      <button
        type="button"
        class={`ticket ticket-${standing}`}
        style={tinted(entry)}
        onClick={() => go({ view: "offer", card: card.id, offer: entry.offer })}
      >
        <span class="stub">
          <span class={`headline ${headlineSize(entry.headline)}`} {...CONTENT}>
            {entry.headline}
          </span>
        </span>
        <span class="ticket-body">
          <span class="ticket-title" {...CONTENT}>
            {entry.title}
          </span>
          <span class="ticket-partner">
            <Icon name={entry.channel === "online" ? "online" : "store"} />
            <span class="visually-hidden">{say(`channel.${entry.channel}`)}</span>
            {entry.partner}
            {pass.favourite && <Icon name="heart" filled />}
            {pass.favourite && <span class="visually-hidden">{say("favourite.is")}</span>}
          </span>
          <span class="facts">
            {standing === "used" && <span class="chip">{say("until.used")}</span>}
            <span class={`chip ${end.urgent ? "chip-stop" : ""}`}>{end.words}</span>
          </span>
        </span>
      </button>
    </li>
  );
}
