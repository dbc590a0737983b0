/** The PIN among one's own data: set it, change it, remove it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { codeOf } from "../../core/errors.ts";
import { isPin } from "../../core/pin.ts";
import { setPin, tryPin } from "../../device/locking.ts";
import { hasLock } from "../../device/vault.ts";
import { useWallet } from "../../context.ts";
import { say } from "../../words.ts";
import { Note } from "../parts.tsx";
import { PinField } from "./pin_field.tsx";

type Result = { readonly ok: boolean; readonly sentence: string };

export function Pin(): JSX.Element {
  const { db, relocked } = useWallet();
  const [result, setResult] = useState<Result | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = async (current: string | null, next: string | null): Promise<boolean> => {
    setBusy(true);
    const done = await change(current, next).catch((cause: unknown) => ({
      ok: false,
      sentence: say(`errors.${codeOf(cause)}`),
    }));
    setResult(done);
    setBusy(false);
    return done.ok;
  };
  const change = async (current: string | null, next: string | null): Promise<Result> => {
    const opening = current === null ? null : await tryPin(db, current, Math.floor(Date.now() / 1000));
    if (opening?.kind === "wrong") return { ok: false, sentence: say("pin.wrong") };
    if (opening?.kind === "wait") {
      const count = Math.max(1, Math.ceil(opening.seconds / 60));
      return { ok: false, sentence: say("pin.wait", { count }) };
    }
    await setPin(db, next);
    await relocked();
    return { ok: true, sentence: say(next === null ? "pin.removed" : "pin.set") };
  };
  return (
    <section class="stack" aria-labelledby="mine-pin">
      <h2 id="mine-pin">{say("pin.heading")}</h2>
      <p>{say(hasLock() ? "pin.is_set" : "pin.sentence")}</p>
      <p class="soft">{say("pin.strength")}</p>
      {hasLock() ? <Change busy={busy} onChange={attempt} /> : <First busy={busy} onChange={attempt} />}
      <div role="status">
        {result && (
          <Note kind={result.ok ? "ok" : "stop"}>
            <p>{result.sentence}</p>
          </Note>
        )}
      </div>
    </section>
  );
}

interface Form {
  readonly busy: boolean;
  onChange(current: string | null, next: string | null): Promise<boolean>;
}

function First({ busy, onChange }: Form): JSX.Element {
  const [pin, setFirst] = useState("");
  const [again, setAgain] = useState("");
  const differs = again.length >= pin.length && again !== pin;
  const ready = isPin(pin) && again === pin && !busy;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void onChange(null, pin);
      }}
    >
      <PinField name="pin" label={say("pin.choose")} hint={say("pin.hint")} value={pin} onValue={setFirst} />
      <PinField name="pin-again" label={say("pin.again")} value={again} onValue={setAgain} />
      {differs && <p class="fault">{say("pin.differs")}</p>}
      <button type="submit" class="button button-quiet" disabled={!ready}>
        {say(busy ? "pin.opening" : "pin.action")}
      </button>
    </form>
  );
}

function Change({ busy, onChange }: Form): JSX.Element {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const clear = (done: boolean): void => {
    setCurrent("");
    if (done) setNext("");
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (isPin(current) && isPin(next) && !busy) void onChange(current, next).then(clear);
      }}
    >
      <button type="button" class="button button-quiet button-wide" onClick={() => location.reload()}>
        {say("pin.lock_now")}
      </button>
      <PinField name="pin" label={say("pin.current")} value={current} onValue={setCurrent} />
      <PinField
        name="pin-next"
        label={say("pin.next")}
        hint={say("pin.hint")}
        value={next}
        onValue={setNext}
      />
      <div class="row">
        <button type="submit" class="button button-quiet" disabled={!isPin(current) || !isPin(next) || busy}>
          {say("pin.change")}
        </button>
        <button
          type="button"
          class="button button-quiet"
          disabled={!isPin(current) || busy}
          onClick={() => void onChange(current, null).then(clear)}
        >
          {say("pin.remove")}
        </button>
      </div>
    </form>
  );
}
