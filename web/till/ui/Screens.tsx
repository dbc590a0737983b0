import type { ComponentChildren } from "preact";
import type { Desk } from "./desk.ts";
import { Accepted, Challenge, Unwritten } from "./verdict/After.tsx";
import { useAround } from "./context.ts";
import { lazy } from "./lazy.tsx";
import { Sheet } from "./Sheet.tsx";
import { Verdict } from "./verdict/Verdict.tsx";

const sheets = () => import("./sheets.ts");
const late = ({ onBack }: { onBack: () => void }) => <LateSheet onBack={onBack} />;
const JournalSheet = lazy(async () => (await sheets()).JournalSheet, late);
const Receive = lazy(async () => (await sheets()).Receive, late);
const Settings = lazy(async () => (await sheets()).Settings, late);
const TypeCode = lazy(async () => (await sheets()).TypeCode, late);
const VoidSheet = lazy(
  async () => (await sheets()).VoidSheet,
  ({ onDone }) => <LateSheet onBack={onDone} />,
);

interface ScreensProps {
  desk: Desk;
  /** Seconds since 1970. */
  now: number;
  /** The camera's picture, small. */
  finder: ComponentChildren;
}

/** The screen of the service's step, or the sheet over it. Null between two customers. */
export function Screens({ desk, now, finder }: ScreensProps) {
  const { service } = desk;
  const { till, step, sheet } = service;
  const onBack = (): void => service.close();
  const onInner = (leave: (() => void) | null): void => {
    if (service.sheet === sheet) service.leaveInner = leave; // codes take a moment, and may come too late
  };
  if (sheet === "type") return <TypeCode onText={(text) => void service.typed(text)} onBack={onBack} />;
  if (sheet === "journal") {
    const { today } = service;
    return (
      <JournalSheet
        {...{ till, now, onInner, onBack }}
        rows={today}
        onVoid={(row) => service.open(row)}
        onReceive={() => service.open("receive")}
      />
    );
  }
  if (sheet === "settings") {
    const onSound = (on: boolean): void => desk.setSound(on);
    return (
      <Settings
        {...{ till, now, onSound, onInner, onBack }}
        sound={service.sound}
        onTrust={() => service.count()}
        onReceive={() => service.open("receive")}
      />
    );
  }
  if (sheet === "receive") {
    const { have, count } = service.receiving;
    return (
      <Receive {...{ have, count, onBack }} said={service.received}>
        {finder}
      </Receive>
    );
  }
  if (sheet) return <VoidSheet till={till} row={sheet} onDone={() => service.voided()} />;
  switch (step.at) {
    case "verdict":
      return (
        <Verdict
          key={step.decision.effective + step.decision.verdict}
          decision={step.decision}
          writing={step.writing}
          onConfirm={(amount) => void service.confirm(amount)}
          onRefuse={() => void service.refuse()}
          onNext={() => service.next(true)}
        />
      );
    case "accepted":
      return (
        <Accepted
          decision={step.decision}
          row={step.row}
          onNext={(asked) => service.next(asked)}
          onUndo={() => service.open(step.row)}
        />
      );
    case "unwritten":
      return (
        <Unwritten onRetry={() => void service.confirm(step.amount)} onGiveUp={() => service.next(true)} />
      );
    case "challenge":
      return (
        <Challenge
          digits={step.digits}
          ends={step.ends}
          wrong={step.wrong}
          onFresh={() => service.challengeAgain()}
          onRefuse={() => void service.refuse()}
        >
          {finder}
        </Challenge>
      );
    case "scan":
      return null;
  }
}

/** A sheet whose code is still on its way: whoever cannot wait goes back to the camera. */
function LateSheet({ onBack }: { onBack: () => void }) {
  const { words } = useAround();
  return (
    <Sheet name="late" title={words.say("scan.loading")} back={words.say("journal.back")} onBack={onBack}>
      {null}
    </Sheet>
  );
}
