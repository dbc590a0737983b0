/** The text of a live presentation (voucher-v1 §4). */

import { encode, PRESENTATION } from "../../voucher/armour.ts";
import { encodeContent, encodePresentation, signingInput } from "../../voucher/presentation.ts";

/** Seconds between two drawings: a screenshot is worth nothing two minutes after its last one. */
export const REDRAW = 15;
/** A challenge lives this long at the till (voucher-v1 §4.4); keeping it longer would hide the time from the next. */
export const CHALLENGE_LIFE = 180;

export type Sign = (message: Uint8Array) => Promise<Uint8Array>;

export interface Moment {
  /** Phone time, corrected where its error is known; seconds. */
  readonly now: number;
  /** From `raiseCounter`, already durable. */
  readonly seq: number;
  readonly challenge?: number | undefined;
}

export async function livePresentation(voucher: Uint8Array, moment: Moment, sign: Sign): Promise<string> {
  const content = encodeContent(voucher, moment.now, moment.seq, moment.challenge);
  return encode(PRESENTATION, encodePresentation(content, await sign(signingInput(content))));
}

/**
 * First counter of a voucher on this phone: the seconds since its validity began.
 *
 * A use is (kid, cti, seq). Counting from 1 would make a card that was activated again, or on a second phone,
 * repeat uses that a till has seen. This start grows with time and tells the till nothing that `nbf` and `ts` do
 * not already tell it, so partners share no common value.
 */
export function firstSeq(now: number, notBefore: number): number {
  return Math.max(1, now - notBefore);
}
