/** Whether the phone's clock can be trusted, and by how much it is wrong. */

/** A till accepts 120 s of delay and 60 s of advance: half of the smaller still leaves room for a slow hand. */
export const TOLERATED = 30;
/** Below a time that somebody signed by more than this, a clock is certainly wrong (trust-v1 §6). */
export const SLACK = 300;
/** A measured error is believed for a day: by then the person may have set the clock right. */
export const BELIEVED = 86_400;

export interface Measure {
  /** Server time − phone time, seconds; the server's `Date` has a resolution of one second. */
  readonly offset: number;
  /** Phone time of the measure. */
  readonly at: number;
}

export interface Clock {
  /** Seconds to add to the phone's time. */
  readonly correction: number;
  readonly fault: "none" | "measured" | "behind";
}

/**
 * @param phone the phone's time now.
 * @param floor newest signed time that was seen: issue of a card, build of the page.
 */
export function judge(phone: number, floor: number, measure: Measure | null): Clock {
  const fresh = measure !== null && phone >= measure.at && phone - measure.at <= BELIEVED;
  const correction = fresh && Math.abs(measure.offset) > TOLERATED ? measure.offset : 0;
  if (correction !== 0) return { correction, fault: "measured" };
  return { correction: 0, fault: phone < floor - SLACK ? "behind" : "none" };
}

/** The measure that an answer's `Date` header gives, for a request sent and answered at phone times (ms). */
export function measured(header: string | null, sent: number, answered: number): Measure | null {
  const server = Date.parse(header ?? "");
  // A slow answer says little about the time: the error is half of the way there and back.
  if (Number.isNaN(server) || answered - sent > 10_000 || answered < sent) return null;
  const at = Math.floor(answered / 1000);
  return { offset: Math.round((server + 500 - (sent + answered) / 2) / 1000), at };
}
