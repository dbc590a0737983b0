/** What a till decided about one text; the same as `verifier/decision.py`. */

import type { Voucher } from "../voucher/claims.ts";
import type { TrustedOffer } from "../voucher/trust.ts";
import type { Typed } from "./typed.ts";
import { type Severity, type Verdict, VERDICTS } from "./verdicts.ts";

export type Details = Readonly<Record<string, number | string>>;
export type Finding = readonly [Verdict, Details];

/** What a till decided about one text, with everything that its screen and its journal need. */
export interface Decision {
  /** The first check that spoke. */
  readonly verdict: Verdict;
  readonly severity: Severity;
  /** Whether a cashier may turn this into an accepted use. */
  readonly canConfirm: boolean;
  /** All amber reasons that hold, when the verdict is one of them. */
  readonly checks: readonly Verdict[];
  /** Facts for the sentence: times in seconds, counts, codes; never a byte of what was scanned. */
  readonly details: Details;
  /** The time that counted, seconds since 1970 (trust-v1 §6). */
  readonly effective: number;
  /** Version of the trust list that decided, 0 without one. */
  readonly listVersion: number;
  /** Once its signature holds; then also the issuing key's identifier, and the bytes as read. */
  readonly voucher: Voucher | null;
  readonly kid: Uint8Array | null;
  readonly evidence: Uint8Array | null;
  /** Once it is known to be this partner's. */
  readonly offer: TrustedOffer | null;
  /** What was typed instead of a code that is scanned (trust-v1 §8.3). */
  readonly typed: Typed | null;
  /** Counter of the use (voucher-v1 §4.5); the week of a typed code. */
  readonly seq: number | null;
  /** Phone minus till clock, in seconds. */
  readonly offset: number | null;
}

/** A decision; what is not known is null. */
export function decision(verdict: Verdict, known: Partial<Decision> & { effective: number }): Decision {
  const { severity, confirmable: canConfirm } = VERDICTS[verdict];
  const nothing = {
    voucher: null,
    kid: null,
    evidence: null,
    offer: null,
    typed: null,
    seq: null,
    offset: null,
  };
  return { verdict, severity, canConfirm, checks: [], details: {}, listVersion: 0, ...nothing, ...known };
}
