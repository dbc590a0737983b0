/** A wallet under a PIN, before it is known. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isPin } from "../../core/pin.ts";
import type { Database } from "../../device/database.ts";
import { forgetLocked, unlock } from "../../device/locking.ts";
import { say } from "../../words.ts";
import { Confirm } from "./confirm.tsx";
import { Note } from "../parts.tsx";
import { PinField } from "./pin_field.tsx";

export function Lock({ db, onOpen }: { db: Database; onOpen(): void }): JSX.Element {
  const [pin, setPin] = useState("");
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const field = (): void => form.current?.querySelector("input")?.focus();
  useEffect(field, []);
  const open = async (): Promise<void> => {
    setBusy(true);
    const opening = await unlock(db, pin, Math.floor(Date.now() / 1000));
    if (opening.kind === "open") return onOpen();
    setBusy(false);
    setPin("");
    setFault(
      opening.kind === "wrong"
        ? say("pin.wrong")
        : say("pin.wait", { count: Math.max(1, Math.ceil(opening.seconds / 60)) }),
    );
    field();
  };
  const forget = async (): Promise<void> => {
    await forgetLocked(db);
    location.reload();
  };
  return (
    <div class="home welcome lock">
      <header class="hero fill-brand">
        <div class="wrap stack">
          <h1 class="hero-title">{say("pin.locked")}</h1>
          <p class="hero-lead">{say("pin.locked_sentence")}</p>
        </div>
      </header>
      <div class="wrap stack add">
        <form
          ref={form}
          class="card stack add-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (isPin(pin) && !busy) void open();
          }}
        >
          <PinField name="pin" label={say("pin.label")} value={pin} onValue={setPin} />
          <div role="alert">
            {fault && (
              <Note kind="stop">
                <p>{fault}</p>
              </Note>
            )}
          </div>
          <button type="submit" class="button button-wide" disabled={!isPin(pin) || busy}>
            {say(busy ? "pin.opening" : "pin.open")}
          </button>
        </form>
        <details class="more-ways">
          <summary>{say("pin.forgot")}</summary>
          <div class="stack">
            <p>{say("pin.forgot_sentence")}</p>
            <Confirm action={say("pin.forgot_action")} question={say("pin.forgot_sure")} onYes={forget} />
          </div>
        </details>
      </div>
    </div>
  );
}
