/** « Le code ne passe pas »: what helps, from the quickest to the slowest. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Pass } from "../../core/card.ts";
import { inFours, shortCode } from "../../core/short_codes.ts";
import { useWallet } from "../../context.ts";
import { say } from "../../words.ts";
import { Icon } from "../parts.tsx";

export function Stuck(props: { pass: Pass; onBig(): void; onChallenge(digits: number): void }): JSX.Element {
  const { entry } = props.pass;
  return (
    <ol class="stuck stack" role="list">
      <li class="stack">
        <p>
          <strong>{say("stuck.light")}</strong>
        </p>
        <button type="button" class="button button-line" onClick={props.onBig}>
          <Icon name="big" />
          {say("stuck.bigger")}
        </button>
      </li>
      <Challenge onChallenge={props.onChallenge} />
      {entry.shortCodes.length > 0 && <ShortCode pass={props.pass} />}
      <Paper pass={props.pass} />
    </ol>
  );
}

function Challenge({ onChallenge }: { onChallenge(digits: number): void }): JSX.Element {
  const [typed, setTyped] = useState("");
  const type = (text: string): void => {
    const digits = text.replace(/[^0-9]/g, "").slice(0, 4);
    setTyped(digits);
    if (digits.length === 4) onChallenge(Number(digits));
  };
  return (
    <li class="field">
      <label for="challenge">{say("stuck.challenge")}</label>
      <input
        id="challenge"
        class="input input-code num"
        inputMode="numeric"
        autocomplete="off"
        value={typed}
        placeholder="0000"
        aria-describedby="challenge-hint"
        onInput={(event) => type(event.currentTarget.value)}
      />
      <p id="challenge-hint" class="hint">
        {say("stuck.challenge_hint")}
      </p>
    </li>
  );
}

function ShortCode({ pass: { card, entry } }: { pass: Pass }): JSX.Element {
  const { now } = useWallet();
  const code = shortCode(entry, card.bundle.issued, now);
  if (!code) {
    return (
      <li>
        <p>{say("stuck.short_old")}</p>
      </li>
    );
  }
  return (
    <li class="field">
      <p id="short-code">
        <strong>{say("stuck.short")}</strong>
      </p>
      <output class="short-code" aria-labelledby="short-code" aria-describedby="short-code-value">
        <span aria-hidden="true">{inFours(code)}</span>
        <span id="short-code-value" class="visually-hidden">
          {Array.from(code).join(" ")}
        </span>
      </output>
      <p class="hint">{say("stuck.short_hint")}</p>
    </li>
  );
}

function Paper({ pass: { card, entry } }: { pass: Pass }): JSX.Element {
  const { go } = useWallet();
  if (!entry.paper) {
    return (
      <li>
        <p>{say("stuck.paper")}</p>
      </li>
    );
  }
  return (
    <li class="stack">
      <p>{say("stuck.print")}</p>
      <button
        type="button"
        class="button button-line"
        onClick={() => go({ view: "paper", card: card.id, offer: entry.offer })}
      >
        <Icon name="print" />
        {say("paper.one")}
      </button>
    </li>
  );
}
