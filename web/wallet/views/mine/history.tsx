/** What was saved, month by month; every line can be mended. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Use } from "../../core/card.ts";
import { dayOf, dayWords } from "../../core/days.ts";
import { cents, euros, plainAmount, total } from "../../core/money.ts";
import { amendUse, removeUse } from "../../device/uses.ts";
import { useWallet } from "../../context.ts";
import { locale, months, say } from "../../words.ts";

export function History(): JSX.Element {
  const { uses } = useWallet();
  const byMonth = new Map<string, Use[]>();
  for (const use of uses) {
    const month = dayOf(use.at).slice(0, 7);
    byMonth.set(month, [...(byMonth.get(month) ?? []), use]);
  }
  return (
    <section class="stack" aria-labelledby="mine-history">
      <h2 id="mine-history">{say("history.heading")}</h2>
      <p class="saved-total num">{euros(total(uses), locale())}</p>
      <p class="soft">{say(uses.length ? "history.sentence" : "history.empty")}</p>
      {Array.from(byMonth, ([month, lines]) => (
        <section key={month} class="stack" aria-label={monthWords(month)}>
          <h3 class="history-month">
            <span>{monthWords(month)}</span> <span class="num">{euros(total(lines), locale())}</span>
          </h3>
          <ul class="history" role="list">
            {lines.map((use) => (
              <Line key={use.id} use={use} />
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

function monthWords(month: string): string {
  const [year, number] = month.split("-");
  return `${months().names[Number(number) - 1]} ${year}`;
}

function Line({ use }: { use: Use }): JSX.Element {
  const { now } = useWallet();
  const [editing, setEditing] = useState(false);
  const amount = use.outcome === "accepted" ? euros(use.saving, locale()) : say("history.refused");
  return (
    <li class="history-line">
      <div>
        <p>
          <strong>{use.title}</strong>
        </p>
        <p class="soft">
          {use.partner} · <span class="history-day">{dayWords(dayOf(use.at), now, months())}</span>
          {use.outcome === "refused" && ` · ${say(`refused.${use.reason ?? "other"}.label`)}`}
        </p>
      </div>
      <button
        type="button"
        class="button button-quiet num"
        aria-expanded={editing}
        aria-label={`${amount}. ${say("history.mend", { title: use.title })}`}
        onClick={() => setEditing(!editing)}
      >
        {amount}
      </button>
      {editing && <Mend use={use} onDone={() => setEditing(false)} />}
    </li>
  );
}

function Mend({ use, onDone }: { use: Use; onDone(): void }): JSX.Element {
  const { db, changed } = useWallet();
  const [text, setText] = useState(plainAmount(use.saving, locale()));
  const saving = cents(text);
  const field = `saving-${use.id}`;
  const then = async (work: Promise<void>): Promise<void> => {
    await work;
    await changed();
    onDone();
  };
  return (
    <form
      class="stack mend"
      onSubmit={(event) => {
        event.preventDefault();
        if (saving !== null) void then(amendUse(db, use.id!, { saving }));
      }}
    >
      {use.outcome === "accepted" && (
        <div class="field">
          <label for={field}>{say("outcome.saving")}</label>
          <input
            id={field}
            class="input num"
            inputMode="decimal"
            value={text}
            aria-invalid={saving === null}
            aria-describedby={saving === null ? `${field}-fault` : undefined}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          {saving === null && (
            <p id={`${field}-fault`} class="fault">
              {say("outcome.saving_fault")}
            </p>
          )}
        </div>
      )}
      <div class="row">
        {use.outcome === "accepted" && (
          <button type="submit" class="button">
            {say("outcome.save")}
          </button>
        )}
        <button type="button" class="button button-quiet" onClick={() => void then(removeUse(db, use.id!))}>
          {say("history.remove")}
        </button>
      </div>
    </form>
  );
}
