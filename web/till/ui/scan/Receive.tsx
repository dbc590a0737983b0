import type { ComponentChildren } from "preact";
import { useAround } from "../context.ts";
import { Sheet } from "../Sheet.tsx";

interface ReceiveProps {
  have: number;
  /** 0 before the first frame. */
  count: number;
  /** What came of the file, once it was whole. */
  said: string;
  /** The camera's picture. */
  children: ComponentChildren;
  onBack: () => void;
}

/** A list or a journal that comes as codes on another screen or on a poster. */
export function Receive({ have, count, said, children, onBack }: ReceiveProps) {
  const { words } = useAround();
  return (
    <Sheet
      name="receive"
      title={words.say("frames.receive")}
      back={words.say("journal.back")}
      onBack={onBack}
    >
      <p>{words.say("frames.receive_hint")}</p>
      {children}
      <div role="status" class="stack">
        {said ? (
          <p class="note">{said}</p>
        ) : (
          count > 0 && <p class="num">{words.say("frames.have", { have, count })}</p>
        )}
      </div>
      {count > 0 && !said && <progress class="frames-progress" max={count} value={have} aria-hidden="true" />}
    </Sheet>
  );
}
