/** The live presentation: opened once, drawn anew every 15 s, answered to a challenge when the till asks. */

import type { ComponentChild, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Pass } from "../../core/card.ts";
import { codeOf } from "../../core/errors.ts";
import { CHALLENGE_LIFE, REDRAW } from "../../core/live.ts";
import { useWallet } from "../../context.ts";
import { openShowing, type Showing } from "../../device/showing.ts";
import { say } from "../../words.ts";
import { Note } from "../parts.tsx";
import { Qr } from "./qr.tsx";
import { Stuck } from "./stuck.tsx";

/** @param props.who whose code it is, under the code. */
export function LiveCode(props: { pass: Pass; who: ComponentChild; onOver(): void }): JSX.Element {
  const { pass } = props;
  const [challenge, setChallenge] = useState<number>();
  const [big, setBig] = useState(false);
  const [stuck, setStuck] = useState(false);
  const returned = useRef(false);
  const { text, fault, drawn } = useLive(pass, challenge, () => setChallenge(undefined));
  if (fault) {
    return (
      <div class="wrap">
        <Note kind="stop">
          <p>{say(`errors.${fault}`)}</p>
        </Note>
      </div>
    );
  }
  return (
    <div class={big ? "live live-big" : "live"}>
      {text ? <Qr text={text} label={say("show.qr")} /> : <div class="qr qr-wait" />}
      <div class="live-bar" key={drawn} aria-hidden="true" />
      {challenge !== undefined && (
        <p class="wrap live-challenge">
          {say("stuck.shown", { digits: String(challenge).padStart(4, "0") })}
        </p>
      )}
      {big ? (
        <button
          type="button"
          class="button button-quiet live-small"
          ref={focus}
          onClick={() => {
            returned.current = true;
            setBig(false);
          }}
        >
          {say("stuck.smaller")}
        </button>
      ) : (
        <div class="wrap stack">
          {props.who}
          <Over onOver={props.onOver} />
          <button
            type="button"
            class="button button-quiet button-wide"
            aria-expanded={stuck}
            ref={returned.current ? focus : null}
            onClick={() => setStuck(!stuck)}
          >
            {say("stuck.action")}
          </button>
          {stuck && <Stuck pass={pass} onBig={() => setBig(true)} onChallenge={setChallenge} />}
        </div>
      )}
    </div>
  );
}

/** What replaces the control that was just used takes its focus. */
function focus(control: HTMLElement | null): void {
  control?.focus({ preventScroll: true });
}

export function Over({ onOver }: { onOver(): void }): JSX.Element {
  return (
    <button type="button" class="button button-wide" onClick={onOver}>
      {say("show.over")}
    </button>
  );
}

interface Live {
  readonly text: string | null;
  readonly fault: string | null;
  /** Counts the drawings. */
  readonly drawn: number;
}

function useLive(pass: Pass, challenge: number | undefined, forget: () => void): Live {
  const { db, clock, announce } = useWallet();
  const [showing, setShowing] = useState<Showing | null>(null);
  const [live, setLive] = useState<Live>({ text: null, fault: null, drawn: 0 });
  const phone = (): number => Math.floor(Date.now() / 1000) + clock.correction;
  const fail = (cause: unknown): void => setLive({ text: null, fault: codeOf(cause), drawn: 0 });

  // One raise for each time the voucher is opened; never again while it is drawn anew.
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current) return;
    opened.current = true;
    openShowing(db, pass.card, pass.entry.offer, phone()).then(setShowing, fail);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a second run would raise the counter again
  }, []);

  useEffect(() => {
    if (!showing) return;
    const draw = (): void => {
      if (document.visibilityState !== "visible") return;
      showing
        .text(phone(), challenge)
        .then((text) => setLive(({ drawn }) => ({ text, fault: null, drawn: drawn + 1 })), fail);
    };
    draw();
    const timer = setInterval(draw, REDRAW * 1000);
    document.addEventListener("visibilitychange", draw);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", draw);
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `phone` is made of the clock's correction
  }, [showing, challenge, clock.correction]);

  useEffect(() => {
    if (challenge === undefined) return;
    announce(say("stuck.shown", { digits: String(challenge).padStart(4, "0") }));
    const timer = setTimeout(forget, CHALLENGE_LIFE * 1000);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- one timer for each challenge
  }, [challenge]);

  return live;
}
