/** The card itself: a lemon light on the night. */

import type { JSX } from "preact";
import type { Bundle } from "../../../voucher/bundle.ts";
import type { Card } from "../../core/card.ts";
import { untilWords } from "../../core/days.ts";
import { useWallet } from "../../context.ts";
import { months, say } from "../../words.ts";
import { CONTENT, DemoMark } from "../parts.tsx";

/** Long names get smaller type, so that no name is cut. */
export function lengthOf({ firstName }: Bundle): string {
  return (firstName ?? say("card.name")).length > 10 ? "long" : "";
}

export function CardFace({ card }: { card: Card }): JSX.Element {
  const { now } = useWallet();
  const { bundle } = card;
  return (
    <div class={`face ${card.closed ? "face-closed" : ""}`}>
      <svg class="face-light" viewBox="0 0 200 126" preserveAspectRatio="xMaxYMid slice" aria-hidden="true">
        <circle cx="172" cy="22" r="34" />
        <path d="M172-40v18M172 66v22M110 22h18M216 22h18M128-22l13 13M203 53l14 14M128 66l13-13M203-9l14-14" />
      </svg>
      <p class="face-operator" {...CONTENT}>
        {bundle.operator}
      </p>
      {bundle.demo && <DemoMark />}
      <p class={`face-name ${lengthOf(bundle)}`}>{bundle.firstName ?? say("card.name")}</p>
      <p class="face-programme" {...CONTENT}>
        {bundle.programme}
      </p>
      <p class="face-until">
        {card.closed
          ? say("card.closed_short")
          : say("card.until", { day: untilWords(bundle.expires, now, months()) })}
      </p>
    </div>
  );
}
