/** One customer after the other: which screen follows which. Pure; `service.ts` does the rest. */
import type { Decision } from "../verifier/decision.ts";
import type { Paired } from "./pairing.ts";
import type { StoredRow } from "./store/journal.ts";

export type Notice =
  "again" | "garbled" | "photo_none" | "photo_broken" | "photo_reading" | "unreadable" | Paired | null;

export type Step =
  | { readonly at: "scan"; readonly notice: Notice }
  /** A verdict; `writing` while the row is on its way to the disk. */
  | { readonly at: "verdict"; readonly text: string; readonly decision: Decision; readonly writing: boolean }
  /** The row is durable: the only green screen. */
  | { readonly at: "accepted"; readonly decision: Decision; readonly row: StoredRow }
  /** The row could not be written. */
  | {
      readonly at: "unwritten";
      readonly text: string;
      readonly decision: Decision;
      readonly amount: number | null;
    }
  /** Four digits for a phone whose clock is off, or for a screenshot. */
  | {
      readonly at: "challenge";
      readonly decision: Decision;
      readonly digits: number;
      /** Seconds since 1970. */
      readonly ends: number;
      readonly wrong: boolean;
    };

export const START: Step = { at: "scan", notice: null };

/** How long four digits live (voucher-v1 §4.4), in seconds. */
export const CHALLENGE_LIVES = 180;

/** May a new text be looked at now? While a cashier reads what can be confirmed, another code must not replace it. */
export function listens(step: Step): boolean {
  if (step.at === "verdict") return !step.decision.canConfirm;
  return step.at !== "unwritten";
}

/** The digits that a scan must answer now, or null. They serve until their time is over. */
export function challengeOf(step: Step, now: number): number | null {
  return step.at === "challenge" && now < step.ends ? step.digits : null;
}

/** What a decision leads to. `draw` gives four random digits, `last` is the row that has just turned green. */
export function follow(
  step: Step,
  text: string,
  decision: Decision,
  now: number,
  draw: () => number,
  last: number | null,
): Step {
  const { verdict } = decision;
  if (
    step.at === "challenge" &&
    now < step.ends &&
    (verdict === "not_live" || verdict === "wrong_challenge")
  ) {
    // The old code is still before the camera: keep the digits, or nobody could ever type them.
    const wrong = verdict === "wrong_challenge";
    return wrong === step.wrong ? step : { ...step, wrong };
  }
  if (verdict === "not_live") {
    return { at: "challenge", decision, digits: draw(), ends: now + CHALLENGE_LIVES, wrong: false };
  }
  const here = verdict === "already_accepted" && !("till" in decision.details);
  if (here && last !== null && decision.details["row"] === last) {
    return { at: "scan", notice: "again" };
  }
  return { at: "verdict", text, decision, writing: false };
}

/** Four digits from the browser's generator, 0..9999, each as likely. */
export function drawDigits(): number {
  const drawn = new Uint16Array(1);
  do crypto.getRandomValues(drawn);
  while (drawn[0]! >= 60_000);
  return drawn[0]! % 10_000;
}
