import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../../verifier/wording.ts";
import {
  CHALLENGE_LIVES,
  challengeOf,
  drawDigits,
  follow,
  listens,
  type Notice,
  type Step,
} from "../flow.ts";
import type { Camera } from "../scan/camera.ts";
import type { Decoder } from "../scan/decoder.ts";
import { readPhoto } from "../scan/watch.ts";
import { signal, type Tone } from "../signal.ts";
import { JournalError, type StoredRow } from "../store/journal.ts";
import { deviceClock, StaleDecision, type Till } from "../till.ts";
import { Accepted, Challenge, Unwritten } from "./After.tsx";
import { useAround } from "./context.ts";
import { Finder } from "./Finder.tsx";
import { lazy } from "./lazy.tsx";
import { Scan } from "./Scan.tsx";
import { useReader } from "./useReader.ts";
import { Verdict } from "./Verdict.tsx";

const sheets = () => import("./sheets.ts");
const JournalSheet = lazy(async () => (await sheets()).JournalSheet);
const Settings = lazy(async () => (await sheets()).Settings);
const TypeCode = lazy(async () => (await sheets()).TypeCode);
const VoidSheet = lazy(async () => (await sheets()).VoidSheet);

type Sheet = "type" | "journal" | "settings" | StoredRow | null;

interface CounterProps {
  till: Till;
  camera: Camera;
  decoder: Decoder;
  now: number;
  sound: boolean;
  onSound: (on: boolean) => void;
  onTrust: () => void;
  onUpdate: (() => void) | null;
}

// After "next" the same phone is often still before the camera: the text it shows is passed over for this long.
const SAME_TEXT_MS = 1500;
const START: Step = { at: "scan", notice: null };

/** The till at work. */
export function Counter({ till, camera, decoder, now, sound, onSound, onTrust, onUpdate }: CounterProps) {
  const { words, announce } = useAround();
  const [step, setStep] = useState<Step>(START);
  const [sheet, setSheet] = useState<Sheet>(null);
  const [today, setToday] = useState<readonly StoredRow[]>([]);
  const current = useRef(step);
  const busy = useRef(false);
  const seen = useRef({ text: "", until: 0 });
  const green = useRef<number | null>(null);

  const go = useCallback(
    (next: Step, tone?: Tone): void => {
      current.current = next;
      setStep(next);
      if (tone) signal(tone, sound);
    },
    [sound],
  );
  const count = useCallback(() => {
    till.today().then(setToday, () => undefined);
  }, [till]);
  useEffect(count, [count]);

  const look = useCallback(
    async (text: string, at = performance.now(), again = false): Promise<void> => {
      const before = current.current;
      if (busy.current || (!again && !listens(before))) return;
      busy.current = true;
      try {
        const clock = deviceClock();
        const decision = await till.scan(text, challengeOf(before, clock));
        const next = follow(before, text, decision, clock, drawDigits, green.current);
        if (next === before) return;
        if (next.at === "scan") {
          if (before.at === "scan" && before.notice === next.notice) return;
          return go(next);
        }
        setSheet(null);
        go(next, decision.severity === "accept" ? "seen" : decision.severity);
        const said = explain(decision, words.verdicts, { lang: words.lang });
        const plain = decision.severity === "accept";
        const { offer } = decision;
        announce(
          plain
            ? `${words.say("decision.valid")}. ${offer?.headline ?? ""} ${offer?.title ?? ""}. ${words.say("decision.valid_next")}`
            : `${said.word}. ${said.sentence} ${said.next}`,
        );
        // Read by bench/ and the tests: from the picture to the painted verdict.
        requestAnimationFrame(() => performance.measure("cje-verdict", { start: at }));
      } catch {
        // The journal could not be read: without it nothing can be decided.
        go({ at: "scan", notice: "unreadable" }, "refuse");
      } finally {
        busy.current = false;
      }
    },
    [till, go, words, announce],
  );

  const next = (asked: boolean): void => {
    const last = current.current;
    const text = last.at === "verdict" || last.at === "unwritten" ? last.text : "";
    seen.current = { text, until: performance.now() + SAME_TEXT_MS };
    if (asked) green.current = null;
    go(START);
  };

  const confirm = async (amount: number | null): Promise<void> => {
    const { current: from } = current;
    if ((from.at !== "verdict" || from.writing) && from.at !== "unwritten") return;
    const { text, decision } = from;
    go({ at: "verdict", text, decision, writing: true });
    try {
      const row = await till.confirm(decision, amount);
      green.current = row.n;
      go({ at: "accepted", decision, row }, "accept");
      announce(`${words.verdicts["word.accept"]}. ${words.say("accepted.sentence")}`);
      count();
    } catch (failure) {
      const told = failure instanceof JournalError ? failure.code : "";
      if (told === "already_accepted" || told === "used_up" || failure instanceof StaleDecision) {
        return look(text, performance.now(), true);
      }
      go({ at: "unwritten", text, decision, amount }, "refuse");
      announce(
        `${words.say("unwritten.word")}. ${words.say("unwritten.sentence")} ${words.say("unwritten.next")}`,
      );
    }
  };

  const refuse = async (): Promise<void> => {
    const from = current.current;
    if (from.at !== "verdict" && from.at !== "challenge") return;
    next(true);
    await till.refuse(from.decision).then(count, () => notice("unreadable"));
  };

  const notice = (name: Notice): void => go({ at: "scan", notice: name });
  const photo = async (file: File): Promise<void> => {
    notice("photo_reading");
    try {
      const text = await readPhoto(file, decoder);
      if (text === null) return notice("photo_none");
      await look(text);
    } catch {
      notice("photo_broken");
    }
  };

  useReader((burst) => {
    if (burst.kind === "text") return void look(burst.text);
    if (current.current.at === "scan") {
      notice("garbled");
      announce(words.say("scan.garbled"));
    }
  });

  const closeSheet = (): void => {
    setSheet(null);
    count();
  };
  if (sheet === "type") return <TypeCode onText={(text) => void look(text)} onBack={closeSheet} />;
  if (sheet === "journal") {
    return <JournalSheet till={till} now={now} rows={today} onVoid={setSheet} onBack={closeSheet} />;
  }
  if (sheet === "settings") {
    return <Settings {...{ till, now, sound, onSound, onTrust }} onBack={closeSheet} />;
  }
  if (sheet) {
    const done = (): void => {
      count();
      setSheet("journal");
      if (current.current.at === "accepted") go(START);
    };
    return <VoidSheet till={till} row={sheet} onDone={done} />;
  }

  const finder = (small: boolean) => (
    <Finder
      camera={camera}
      decoder={decoder}
      small={small}
      onText={(text, at) => {
        if (text !== seen.current.text || at >= seen.current.until) void look(text, at);
      }}
    />
  );
  switch (step.at) {
    case "verdict":
      return (
        <Verdict
          key={step.decision.effective + step.decision.verdict}
          decision={step.decision}
          writing={step.writing}
          onConfirm={(amount) => void confirm(amount)}
          onRefuse={() => void refuse()}
          onNext={() => next(true)}
        />
      );
    case "accepted":
      return (
        <Accepted decision={step.decision} row={step.row} onNext={next} onUndo={() => setSheet(step.row)} />
      );
    case "unwritten":
      return <Unwritten onRetry={() => void confirm(step.amount)} onGiveUp={() => next(true)} />;
    case "challenge":
      return (
        <Challenge
          digits={step.digits}
          ends={step.ends}
          wrong={step.wrong}
          onFresh={() =>
            go({ ...step, digits: drawDigits(), ends: deviceClock() + CHALLENGE_LIVES, wrong: false })
          }
          onRefuse={() => void refuse()}
        >
          {finder(true)}
        </Challenge>
      );
  }
  return (
    <Scan
      till={till}
      now={now}
      today={today}
      notice={step.notice}
      onType={() => setSheet("type")}
      onPhoto={(file) => void photo(file)}
      onJournal={() => {
        count();
        setSheet("journal");
      }}
      onSettings={() => setSheet("settings")}
      onUpdate={onUpdate}
    >
      {finder(false)}
    </Scan>
  );
}
