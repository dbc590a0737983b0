/** A button that asks once more before it does what cannot be undone. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../../words.ts";

export function Confirm(props: { action: string; question: string; onYes(): Promise<void> }): JSX.Element {
  const [asking, setAsking] = useState(false);
  const no = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const was = useRef(false);
  useEffect(() => {
    // The focus goes to the harmless answer, and back to the button once it was chosen.
    if (asking) no.current?.focus();
    else if (was.current) first.current?.focus();
    was.current = asking;
  }, [asking]);
  if (!asking) {
    return (
      <button type="button" class="button button-quiet" ref={first} onClick={() => setAsking(true)}>
        {props.action}
      </button>
    );
  }
  return (
    <div class="stack confirm" role="group" aria-label={props.question}>
      <p role="alert">{props.question}</p>
      <div class="row">
        <button type="button" class="button button-stop" onClick={() => void props.onYes()}>
          {say("confirm.yes")}
        </button>
        <button type="button" class="button button-quiet" ref={no} onClick={() => setAsking(false)}>
          {say("confirm.no")}
        </button>
      </div>
    </div>
  );
}
