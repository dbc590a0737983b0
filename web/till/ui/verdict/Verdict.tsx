import { useEffect, useRef, useState } from "preact/hooks";
import type { Decision } from "../../../verifier/decision.ts";
import { savingOf } from "../../../verifier/saving.ts";
import { explain, reason } from "../../../verifier/wording.ts";
import { VERDICTS } from "../../../verifier/verdicts.ts";
import { parseAmount } from "../../amount.ts";
import { useAround } from "../context.ts";
import { Icon } from "../Icon.tsx";
import { Screen } from "../parts.tsx";

// A reader's second Enter, or the second half of a double tap, must not confirm what nobody has read.
const ARMED_AFTER_MS = 450;

interface VerdictProps {
  decision: Decision;
  writing: boolean;
  onConfirm: (amount: number | null) => void;
  onRefuse: () => void;
  onNext: () => void;
}

/** Valid, to be checked, or refused. Green is not among them: it comes after the row. */
export function Verdict({ decision, writing, onConfirm, onRefuse, onNext }: VerdictProps) {
  const { words } = useAround();
  const { offer, severity } = decision;
  const said = explain(decision, words.verdicts, { locale: words.locale });
  const icon = VERDICTS[decision.verdict].icon;
  if (!decision.canConfirm || !offer) {
    const again =
      ["malformed", "short_unknown"].includes(decision.verdict) || decision.verdict === "wrong_challenge";
    return (
      <Screen
        name={decision.verdict}
        tone="stop"
        icon={icon}
        word={said.word}
        sentence={said.sentence}
        next={said.next}
        extra={
          offer && (
            <p class="refused-offer">
              {offer.headline && <strong>{offer.headline} · </strong>}
              {offer.title}
            </p>
          )
        }
        actions={
          <button type="button" class="button button-next" onClick={onNext}>
            {words.say(again ? "decision.again" : "decision.next")}
          </button>
        }
      />
    );
  }
  const check = severity === "check";
  return (
    <Confirmable
      decision={decision}
      writing={writing}
      onConfirm={onConfirm}
      onRefuse={onRefuse}
      head={
        check
          ? { tone: "warn", icon, word: said.word, sentence: said.sentence, next: said.next }
          : {
              tone: "brand",
              icon: "ticket",
              word: words.say("decision.valid"),
              sentence: words.say("decision.valid_next"),
              next: undefined,
            }
      }
    />
  );
}

interface ConfirmableProps extends Pick<VerdictProps, "decision" | "writing" | "onConfirm" | "onRefuse"> {
  head: { tone: "warn" | "brand"; icon: string; word: string; sentence: string; next: string | undefined };
}

function Confirmable({ decision, writing, onConfirm, onRefuse, head }: ConfirmableProps) {
  const { words } = useAround();
  const offer = decision.offer!;
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const shownAt = useRef(performance.now());
  const amount = parseAmount(typed);
  const confirm = (event: Event): void => {
    event.preventDefault();
    if (writing || performance.now() - shownAt.current < ARMED_AFTER_MS) return;
    if (offer.amountAsked && amount === null) {
      setFault(true);
      field.current?.focus();
      return;
    }
    onConfirm(offer.amountAsked ? amount : null);
  };
  useEffect(() => {
    // A keyboard that opens by itself would cover the conditions on a phone; on a computer typing starts at once.
    if (offer.amountAsked && matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, [offer]);
  const others = decision.checks
    .slice(1)
    .map((verdict) => reason(decision, verdict, words.verdicts, { locale: words.locale }));
  return (
    <form class="whole" onSubmit={confirm} noValidate>
      <Screen
        name={decision.verdict}
        {...head}
        actions={
          <>
            <button type="submit" class="button button-confirm" aria-disabled={writing}>
              <Icon name="tick" />
              {words.say(
                writing
                  ? "decision.writing"
                  : head.tone === "warn"
                    ? "decision.confirm_checked"
                    : "decision.confirm",
              )}
            </button>
            <button type="button" class="button button-line" onClick={onRefuse} disabled={writing}>
              {words.say("decision.refuse")}
            </button>
          </>
        }
      >
        {others.map(([sentence, next]) => (
          <p class="note note-warn">
            <Icon name="alert" />
            <span>
              <strong>{sentence}</strong> {next}
            </span>
          </p>
        ))}
        <div class="offer">
          {offer.headline && <p class="headline">{offer.headline}</p>}
          <h2>{offer.title}</h2>
          <p class="use">
            <Icon name="ticket" />
            {useWords(decision, words)}
          </p>
        </div>
        {offer.amountAsked && (
          <div class="field amount">
            <label for="amount">{words.say("decision.amount")}</label>
            <div class="amount-row">
              <input
                ref={field}
                id="amount"
                class="input num"
                inputMode="decimal"
                autocomplete="off"
                value={typed}
                aria-invalid={fault}
                aria-describedby="amount-hint"
                onInput={({ currentTarget }) => {
                  currentTarget.value = currentTarget.value.replace(/[^\d.,\s]/g, "");
                  setTyped(currentTarget.value);
                  setFault(false);
                }}
              />
              <output class="saving num" for="amount" aria-live="polite">
                <SavingWords decision={decision} amount={amount} />
              </output>
            </div>
            <p id="amount-hint" class={fault ? "fault" : "hint"}>
              {words.say(fault ? "decision.amount_fault" : "decision.amount_hint")}
            </p>
          </div>
        )}
        <Rules title={words.say("decision.not_allowed")} icon="cross" lines={offer.notAllowed} kind="not" />
        <Rules title={words.say("decision.terms")} icon="tick" lines={offer.terms} kind="terms" />
      </Screen>
    </form>
  );
}

function SavingWords({ decision, amount }: { decision: Decision; amount: number | null }) {
  const { words } = useAround();
  const saving = savingOf(decision.offer!.saving, amount);
  if (amount === null || saving === null) return null;
  return (
    <>
      <strong>{words.say("decision.saving", { saving: words.money(saving) })}</strong>
      <span>{words.say("decision.to_pay", { amount: words.money(Math.max(0, amount - saving)) })}</span>
    </>
  );
}

function Rules({
  title,
  icon,
  lines,
  kind,
}: {
  title: string;
  icon: string;
  lines: readonly string[];
  kind: string;
}) {
  if (!lines.length) return null;
  return (
    <section class={`rules rules-${kind}`}>
      <h3>{title}</h3>
      <ul>
        {lines.map((line) => (
          <li>
            <Icon name={icon} />
            {line}
          </li>
        ))}
      </ul>
    </section>
  );
}

function useWords({ details, typed }: Decision, words: ReturnType<typeof useAround>["words"]): string {
  if (typed && !details["limit"]) return words.say("decision.typed_use");
  if (!details["limit"]) return words.say("decision.unlimited");
  const period = words.verdicts[`period.${details["period"]}`] ?? "";
  return words.say("decision.use", {
    nth: Number(details["used"]) + 1,
    count: Number(details["limit"]),
    period,
  });
}
