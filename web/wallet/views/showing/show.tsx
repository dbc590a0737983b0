/** At the till: one thing on white, the screen awake, a clock that ticks. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "../../../voucher/bundle.ts";
import type { Pass } from "../../core/card.ts";
import { clockWords } from "../../core/days.ts";
import { ranked } from "../../core/standing.ts";
import { useWallet } from "../../context.ts";
import { useAwake } from "../../device/awake.ts";
import { say } from "../../words.ts";
import { CardFace, lengthOf } from "./card_face.tsx";
import { ClockNote } from "./clock_note.tsx";
import { spent } from "../mine/limits.ts";
import { LiveCode, Over } from "./live_code.tsx";
import { lazy } from "../lazy.tsx";
import { Lines } from "../home/offer.tsx";
import { Outcome } from "./outcome.tsx";
import { CONTENT, DemoMark, Heading, Icon } from "../parts.tsx";

/** Until the bars are drawn, and if they never are, the digits can be typed at the till. */
const Barcode = lazy<{ entry: Entry }>(
  async () => (await import("./barcode.tsx")).Barcode,
  ({ entry }) => <p class="wrap barcode barcode-digits num">{entry.code}</p>,
);

export function Show({ pass }: { pass: Pass }): JSX.Element {
  const { back } = useWallet();
  const [over, setOver] = useState(false);
  useAwake();
  return (
    <div class="show">
      <header class="bar">
        <button type="button" class="icon-button" onClick={back} aria-label={say("show.close")}>
          <Icon name="close" />
        </button>
        <Heading class="bar-title">
          {pass.entry.partner}{" "}
          <span class="show-headline" {...CONTENT}>
            {pass.entry.headline}
          </span>
        </Heading>
      </header>
      {over ? (
        <div class="wrap">
          <Outcome item={pass} onDone={back} />
        </div>
      ) : (
        <Shown pass={pass} onOver={() => setOver(true)} />
      )}
    </div>
  );
}

function Shown({ pass, onOver }: { pass: Pass; onOver(): void }): JSX.Element {
  const { uses, favourites, now } = useWallet();
  const { card, entry } = pass;
  const already = spent(ranked([pass], uses, favourites, now)[0]!);
  const who = (
    <div class="stack shown-who">
      <p class="shown-line">
        <span class={`shown-name ${lengthOf(card.bundle)}`}>{card.bundle.firstName ?? say("card.name")}</span>
        <Clock />
      </p>
      {card.bundle.demo && <DemoMark />}
      {already && <p class="shown-spent">{already}</p>}
      <ClockNote />
    </div>
  );
  return (
    <>
      {entry.way === "voucher" && <LiveCode pass={pass} who={who} onOver={onOver} />}
      {entry.way === "barcode" && <Barcode entry={entry} />}
      {entry.way === "card" && (
        <div class="wrap shown-card">
          <CardFace card={card} />
        </div>
      )}
      <div class="wrap stack shown-facts">
        {entry.way !== "voucher" && (
          <>
            {who}
            <Over onOver={onOver} />
          </>
        )}
        <Lines title={say("offer.conditions")} lines={entry.conditions} kind="ticks" />
        <Lines title={say("offer.not_allowed")} lines={entry.notAllowed} kind="crosses" />
      </div>
    </>
  );
}

/** Seconds that move: a picture of the screen does not. Not announced, it would talk every second. */
function Clock(): JSX.Element {
  const text = useRef<HTMLSpanElement>(null);
  const { clock } = useWallet();
  useEffect(() => {
    const tick = (): void => {
      text.current!.textContent = clockWords(Date.now() / 1000 + clock.correction);
    };
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [clock.correction]);
  return <span class="shown-clock num" ref={text} role="timer" aria-live="off" />;
}
