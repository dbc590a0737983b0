/** « Ça a marché ? »: the person says it, nobody else. It feeds their history, their limits and their savings. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Use } from "../../core/card.ts";
import { cents, euros, plainAmount, total } from "../../core/money.ts";
import type { Pass } from "../../core/card.ts";
import { useWallet } from "../../context.ts";
import { addUse, amendUse } from "../../device/uses.ts";
import { locale, say } from "../../words.ts";
import { Icon, Note } from "../parts.tsx";

const REASONS = ["unread", "already", "unknown", "terms", "other"] as const;

type Step =
  | { readonly kind: "ask" }
  | { readonly kind: "accepted"; readonly id: number }
  | { readonly kind: "refused"; readonly id: number }
  | { readonly kind: "done" };

export function Outcome({ item, onDone }: { item: Pass; onDone(): void }): JSX.Element {
  const { db, changed } = useWallet();
  const [step, setStep] = useState<Step>({ kind: "ask" });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [step.kind]);
  const tell = async (outcome: Use["outcome"]): Promise<void> => {
    const { card, entry } = item;
    const saving = outcome === "accepted" ? (entry.saving ?? 0) : 0;
    const at = Math.floor(Date.now() / 1000);
    const { offer, title, partner } = entry;
    // Written at once: closing the page now loses nothing, the amount can be mended later.
    const id = await addUse(db, { card: card.id, offer, title, partner, at, outcome, reason: null, saving });
    await changed();
    setStep({ kind: outcome, id });
  };
  return (
    <section class="outcome stack" aria-labelledby="outcome">
      <h2 id="outcome" tabIndex={-1} ref={heading}>
        {say(`outcome.${step.kind}`)}
      </h2>
      {step.kind === "ask" && (
        <>
          <button type="button" class="button button-wide" onClick={() => void tell("accepted")}>
            <Icon name="check" />
            {say("outcome.yes")}
          </button>
          <button type="button" class="button button-line button-wide" onClick={() => void tell("refused")}>
            {say("outcome.no")}
          </button>
          <button type="button" class="button button-quiet button-wide" onClick={onDone}>
            {say("outcome.unused")}
          </button>
        </>
      )}
      {step.kind === "accepted" && (
        <Saving item={item} id={step.id} onSaved={() => setStep({ kind: "done" })} />
      )}
      {step.kind === "refused" && <Refusal id={step.id} onDone={onDone} />}
      {step.kind === "done" && <Done onDone={onDone} />}
    </section>
  );
}

function Saving({ item, id, onSaved }: { item: Pass; id: number; onSaved(): void }): JSX.Element {
  const { db, changed } = useWallet();
  const estimate = item.entry.saving;
  const [text, setText] = useState(estimate === null ? "" : plainAmount(estimate, locale()));
  const saving = cents(text);
  const save = async (): Promise<void> => {
    if (saving === null) return;
    await amendUse(db, id, { saving });
    await changed();
    onSaved();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="field">
        <label for="saving">{say("outcome.saving")}</label>
        <input
          id="saving"
          class="input num"
          inputMode="decimal"
          autocomplete="off"
          value={text}
          aria-invalid={saving === null}
          aria-describedby="saving-hint"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <p id="saving-hint" class={saving === null ? "fault" : "hint"}>
          {say(saving === null ? "outcome.saving_fault" : "outcome.saving_hint")}
        </p>
      </div>
      <button type="submit" class="button button-wide">
        {say("outcome.save")}
      </button>
    </form>
  );
}

function Refusal({ id, onDone }: { id: number; onDone(): void }): JSX.Element {
  const { db, changed, announce } = useWallet();
  const [reason, setReason] = useState<string | null>(null);
  const choose = async (name: string): Promise<void> => {
    setReason(name);
    announce(say(`refused.${name}.next`));
    await amendUse(db, id, { reason: name });
    await changed();
  };
  return (
    <>
      <div class="row" role="group" aria-labelledby="outcome">
        {REASONS.map((name) => (
          <button
            key={name}
            type="button"
            class="chip chip-choice"
            aria-pressed={reason === name}
            onClick={() => void choose(name)}
          >
            {say(`refused.${name}.label`)}
          </button>
        ))}
      </div>
      {reason && (
        <Note kind="plain">
          <p>{say(`refused.${reason}.next`)}</p>
        </Note>
      )}
      <button type="button" class="button button-wide" onClick={onDone}>
        {say("outcome.close")}
      </button>
    </>
  );
}

function Done({ onDone }: { onDone(): void }): JSX.Element {
  const { uses } = useWallet();
  return (
    <>
      <p class="saved-total num">{euros(total(uses), locale())}</p>
      <p>{say("outcome.total")}</p>
      <button type="button" class="button button-wide" onClick={onDone}>
        {say("outcome.close")}
      </button>
    </>
  );
}
