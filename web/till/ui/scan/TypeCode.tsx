import { useState } from "preact/hooks";
import { useAround } from "../context.ts";
import { Sheet } from "../Sheet.tsx";

/** For a broken camera: the text of a code, typed, pasted, or sent by a reader. */
export function TypeCode({ onText, onBack }: { onText: (text: string) => void; onBack: () => void }) {
  const { words } = useAround();
  const [text, setText] = useState("");
  return (
    <Sheet name="type" title={words.say("type.title")} back={words.say("journal.back")} onBack={onBack}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          // Line ends come from pasting, not from the code; nothing else is trimmed or folded (voucher-v1 §1.3).
          const typed = text.replace(/[\r\n]+/g, "");
          if (typed) onText(typed);
        }}
      >
        <div class="field">
          <label for="code">{words.say("type.label")}</label>
          <textarea
            id="code"
            class="input code-field"
            rows={5}
            maxLength={2000}
            spellcheck={false}
            autocapitalize="characters"
            autocomplete="off"
            data-typed
            aria-describedby="code-hint"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              event.currentTarget.form?.requestSubmit();
            }}
          />
          <p class="hint" id="code-hint">
            {words.say("type.hint")}
          </p>
        </div>
        <button type="submit" class="button button-wide">
          {words.say("type.submit")}
        </button>
      </form>
    </Sheet>
  );
}
