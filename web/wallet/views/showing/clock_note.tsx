/** A wrong clock, in words: tills refuse a code that seems old. */

import type { JSX } from "preact";
import { useWallet } from "../../context.ts";
import { say } from "../../words.ts";
import { Note } from "../parts.tsx";

export function ClockNote(): JSX.Element | null {
  const { clock } = useWallet();
  if (clock.fault === "none") return null;
  if (clock.fault === "behind") {
    return (
      <Note kind="stop">
        <p>{say("clock.behind")}</p>
      </Note>
    );
  }
  const count = Math.max(1, Math.round(Math.abs(clock.correction) / 60));
  return (
    <Note kind="warn">
      <p>{say(clock.correction > 0 ? "clock.late" : "clock.early", { count })}</p>
    </Note>
  );
}
