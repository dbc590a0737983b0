import { useEffect, useState } from "preact/hooks";
import type { Decision } from "../../../verifier/decision.ts";
import type { StoredRow } from "../../store/journal.ts";
import { deviceClock } from "../../shop.ts";
import { useAround } from "../context.ts";
import { Screen } from "../parts.tsx";

// Long enough to be seen by cashier and customer, short enough for the next one.
const GREEN_MS = 8000;

/** The only green screen: its row is on the disk. */
export function Accepted(props: {
  decision: Decision;
  row: StoredRow;
  onNext: (asked: boolean) => void;
  onUndo: () => void;
}) {
  const { words } = useAround();
  const { decision, row, onNext, onUndo } = props;
  useEffect(() => {
    const timer = setTimeout(() => onNext(false), GREEN_MS);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- one timer for each row; a drawing must not restart it
  }, [row]);
  const offer = decision.offer!;
  return (
    <Screen
      name="accepted"
      tone="ok"
      icon="tick"
      word={words.verdicts["word.accept"]!}
      sentence={words.say("accepted.sentence")}
      extra={
        <p class="granted">
          {offer.headline && <strong class="headline">{offer.headline}</strong>}
          <span>{offer.title}</span>
          {row.saving !== null && (
            <span class="num">{words.say("decision.saving", { saving: words.money(row.saving) })}</span>
          )}
          {row.saving !== null && row.amount !== null && (
            <strong class="to-pay num">
              {words.say("decision.to_pay", { amount: words.money(Math.max(0, row.amount - row.saving)) })}
            </strong>
          )}
        </p>
      }
      actions={
        <>
          <button type="button" class="button button-next" onClick={() => onNext(true)}>
            {words.say("accepted.next")}
          </button>
          <button type="button" class="button button-line" onClick={onUndo}>
            {words.say("accepted.undo")}
          </button>
          <p class="row-number num">
            {words.say("accepted.row", { n: row.n })} · {words.time(row.effective)}
          </p>
        </>
      }
    />
  );
}

/** The device refused to write: red, and no benefit yet. */
export function Unwritten({ onRetry, onGiveUp }: { onRetry: () => void; onGiveUp: () => void }) {
  const { words } = useAround();
  return (
    <Screen
      name="unwritten"
      tone="stop"
      icon="alert"
      word={words.say("unwritten.word")}
      sentence={words.say("unwritten.sentence")}
      next={words.say("unwritten.next")}
      actions={
        <>
          <button type="button" class="button button-next" onClick={onRetry}>
            {words.say("unwritten.retry")}
          </button>
          <button type="button" class="button button-line" onClick={onGiveUp}>
            {words.say("unwritten.give_up")}
          </button>
        </>
      }
    />
  );
}

interface ChallengeProps {
  digits: number;
  /** Seconds since 1970. */
  ends: number;
  wrong: boolean;
  onFresh: () => void;
  onRefuse: () => void;
  children: preact.ComponentChildren;
}

/** Four digits to be typed on the phone, the camera still looking under them. */
export function Challenge({ digits, ends, wrong, onFresh, onRefuse, children }: ChallengeProps) {
  const { words } = useAround();
  const left = useCountdown(ends);
  const shown = String(digits).padStart(4, "0");
  return (
    <Screen
      name="not_live"
      tone="warn"
      icon="digits"
      word={words.verdicts["word.check"]!}
      sentence={wrong ? words.verdicts["wrong_challenge.sentence"]! : words.say("challenge.sentence")}
      next={words.say("challenge.ask")}
      actions={
        <>
          {left === 0 && (
            <button type="button" class="button" onClick={onFresh}>
              {words.say("challenge.fresh")}
            </button>
          )}
          <button type="button" class="button button-line" onClick={onRefuse}>
            {words.say("challenge.refuse")}
          </button>
        </>
      }
    >
      <p class="digits num" role="img" aria-label={shown.split("").join(" ")} data-over={left === 0}>
        {shown.split("").map((digit) => (
          <span>{digit}</span>
        ))}
      </p>
      <p class="left num">
        {left > 0 ? words.say("challenge.left", { count: left }) : words.say("challenge.over")}
      </p>
      {children}
    </Screen>
  );
}

function useCountdown(ends: number): number {
  const [now, setNow] = useState(deviceClock);
  useEffect(() => {
    const timer = setInterval(() => setNow(deviceClock()), 500);
    return () => clearInterval(timer);
  }, [ends]);
  return Math.max(0, ends - now);
}
