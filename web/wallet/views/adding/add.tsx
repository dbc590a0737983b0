/** Bringing a card in: by link (the code is already there), typed, pasted, or read from the letter's QR. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { codeOf, type Code } from "../../core/errors.ts";
import { spaced, typed } from "../../core/typed.ts";
import { activate } from "../../device/activation.ts";
import { keepPending } from "../../device/facts.ts";
import { useWallet } from "../../context.ts";
import { base, home, say } from "../../words.ts";
import { lazy } from "../lazy.tsx";
import { Icon, Note } from "../parts.tsx";

const LATER: ReadonlySet<Code> = new Set(["network", "portal"]);

/** @param linked what the link's fragment held, to be tried at once. */
export function Add(props: { linked: string; onAdded(id: string): void }): JSX.Element {
  const { db, announce } = useWallet();
  const [text, setText] = useState(props.linked);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Code | null>(null);
  const state = typed(text);

  const open = async (code: string): Promise<void> => {
    setBusy(true);
    setFault(null);
    announce(say("add.busy"));
    try {
      await keepPending(db, code);
      const id = await activate(db, base(), code, Math.floor(Date.now() / 1000));
      await keepPending(db, "");
      props.onAdded(id);
    } catch (cause) {
      const fault = codeOf(cause);
      // Only what may work later is tried again at the next opening.
      if (!LATER.has(fault)) await keepPending(db, "").catch(() => undefined);
      setFault(fault);
      setBusy(false);
    }
  };
  const change = (value: string): void => {
    setFault(null);
    const next = typed(value);
    setText(next.kind === "ready" ? spaced(next.code) : spaced(value));
  };
  useEffect(() => {
    if (state.kind === "ready") void open(state.code);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a code that came with the link opens once; typing opens nothing by itself
  }, []);

  return (
    <div class="wrap stack add">
      <form
        class="card stack add-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (state.kind === "ready" && !busy) void open(state.code);
        }}
      >
        <div class="field">
          <label for="code">{say("add.label")}</label>
          <textarea
            id="code"
            class="input input-code"
            rows={2}
            autocapitalize="characters"
            autocomplete="off"
            autocorrect="off"
            spellcheck={false}
            placeholder="XXXX-XXXX-XXXX-XXXX-XXXX"
            value={text}
            aria-describedby="code-hint"
            aria-invalid={state.kind === "wrong" || state.kind === "long"}
            onInput={(event) => change(event.currentTarget.value)}
          />
          <p
            id="code-hint"
            class={state.kind === "wrong" || state.kind === "long" ? "fault" : "hint"}
            role="status"
          >
            {say(`add.${state.kind}`, { count: state.kind === "short" ? state.missing : 0 })}
          </p>
        </div>
        {fault && <Fault code={fault} />}
        <button type="submit" class="button button-wide" disabled={state.kind !== "ready" || busy}>
          {say(busy ? "add.busy" : fault ? "add.again" : "add.open")}
        </button>
      </form>
      <Scan onRead={change} />
      <details class="more-ways">
        <summary>{say("add.backup")}</summary>
        <Backup />
      </details>
      <p class="soft">{say("add.no_code")}</p>
      <a class="button button-quiet button-wide" href={`${home()}offres/`}>
        {say("add.offers")}
      </a>
    </div>
  );
}

function Fault({ code }: { code: Code }): JSX.Element {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), [code]);
  return (
    <div ref={note} tabIndex={-1} role="alert">
      <Note kind="stop">
        <p>{say(`errors.${code}`)}</p>
      </Note>
    </div>
  );
}

const Scanner = lazy<{ onRead(text: string): void; onClose(): void }>(
  async () => (await import("./scanner.tsx")).Scanner,
);

const Backup = lazy<object>(async () => (await import("../mine/backup.tsx")).Backup);

function Scan({ onRead }: { onRead(text: string): void }): JSX.Element {
  const [scanning, setScanning] = useState(false);
  const read = (text: string): void => {
    setScanning(false);
    onRead(text);
  };
  if (scanning) return <Scanner onRead={read} onClose={() => setScanning(false)} />;
  return (
    <button type="button" class="button button-line button-wide" onClick={() => setScanning(true)}>
      <Icon name="camera" />
      {say("add.scan")}
    </button>
  );
}
