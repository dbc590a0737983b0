/** The first screen of a phone without a card. */

import type { JSX } from "preact";
import { say } from "../../words.ts";
import { Add } from "./add.tsx";
import { Heading } from "../parts.tsx";

export function Welcome(props: { linked: string; onAdded(id: string): void }): JSX.Element {
  return (
    <div class="home welcome">
      <header class="hero fill-brand">
        <div class="wrap stack">
          <Heading class="hero-title">{say("welcome.title")}</Heading>
          <div class="face face-empty" aria-hidden="true">
            <svg class="face-light" viewBox="0 0 200 126" preserveAspectRatio="xMaxYMid slice">
              <circle cx="172" cy="22" r="34" />
              <path d="M172-40v18M172 66v22M110 22h18M216 22h18M128-22l13 13M203 53l14 14M128 66l13-13M203-9l14-14" />
            </svg>
          </div>
          <p class="hero-lead">{say("welcome.sentence")}</p>
        </div>
      </header>
      <Add {...props} />
    </div>
  );
}
