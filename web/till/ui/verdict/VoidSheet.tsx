import { useState } from "preact/hooks";
import { JournalError, type StoredRow } from "../../store/journal.ts";
import type { Till } from "../../till.ts";
import { useAround } from "../context.ts";
import { Sheet } from "../Sheet.tsx";

const REASONS = ["mistake", "returned", "changed", "other"] as const;

/** Take back an accepted voucher: one tap for the reason, one to do it. */
export function VoidSheet({ till, row, onDone }: { till: Till; row: StoredRow; onDone: () => void }) {
  const { words } = useAround();
  const [reason, setReason] = useState<string>(REASONS[0]);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const offer = till.trust.installed?.list.offer(row.offer ?? 0);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      await till.void(row.n, reason);
      onDone();
    } catch (failure) {
      const code = failure instanceof JournalError ? failure.code : "not_written";
      if (code === "already_void") return onDone();
      setFault(words.say(code === "too_late" ? "journal.void_late" : "journal.void_failed"));
      setBusy(false);
    }
  };
  return (
    <Sheet
      name="void"
      title={words.say("journal.void_title")}
      back={words.say("journal.back")}
      onBack={onDone}
    >
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <p>
          <strong>{offer?.title}</strong> · <span class="num">{words.time(row.effective)}</span>
        </p>
        <p class="soft">{words.say("journal.void_hint")}</p>
        <fieldset class="choices">
          <legend class="visually-hidden">{words.say("journal.void_title")}</legend>
          {REASONS.map((key) => (
            <label class="chip chip-choice">
              <input
                type="radio"
                name="reason"
                class="visually-hidden"
                checked={reason === key}
                onChange={() => setReason(key)}
              />
              {words.say(`reason.${key}`)}
            </label>
          ))}
        </fieldset>
        {fault && (
          <p class="note note-stop" role="alert">
            {fault}
          </p>
        )}
        <button type="submit" class="button button-stop button-wide" aria-disabled={busy}>
          {words.say("journal.void_confirm")}
        </button>
        <button type="button" class="button button-quiet button-wide" onClick={onDone}>
          {words.say("journal.void_keep")}
        </button>
      </form>
    </Sheet>
  );
}
