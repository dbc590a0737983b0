/**
 * The rules that a scanned voucher and a typed code share: the till, windows of time, uses. The same as
 * `verifier/rules.py`.
 */

import { CLOCK_SLACK } from "../voucher/caps.ts";
import { type Claims, Period } from "../voucher/claims.ts";
import type { TrustedOffer, TrustList } from "../voucher/trust.ts";
import type { Details, Finding } from "./decision.ts";
import { nextPeriod, usedInPeriod } from "./limits.ts";
import { ageOf } from "./listAge.ts";
import type { TillProfile, TrustView, Use } from "./views.ts";

/** What keeps this till from deciding anything, whoever stands before it. */
export function tillUnready(
  trust: TrustView,
  list: TrustList,
  till: TillProfile,
  now: number,
  effective: number,
): Finding | null {
  if (now < trust.floor - CLOCK_SLACK) return ["clock_wrong", { shown: now, floor: trust.floor }];
  if ((list.demo || trust.root.demo) && !till.demo) return ["demo", {}];
  // trust-v1 §2.2: an expired root verifies its successor and nothing else, so its list is worth nothing.
  if (ageOf(list, effective) === "too_old" || effective >= trust.root.expires) {
    return ["list_too_old", ageDetails(list, effective)];
  }
  return null;
}

/** Why a moment is outside `start ≤ effective < end`, or null. */
export function windowOf(
  what: "voucher" | "offer",
  start: number,
  end: number,
  effective: number,
): Finding | null {
  if (effective < start) return ["not_yet_valid", { what, from: start }];
  return effective >= end ? ["expired", { what, until: end }] : null;
}

/** The refusal for uses that are this very one; null without any. */
export function alreadyAccepted(same: readonly Use[], effective: number): Finding | null {
  if (!same.length) return null;
  const first = same.reduce((a, b) => (b.at < a.at ? b : a));
  const details = { at: first.at, since: Math.max(0, effective - first.at), row: first.n };
  return ["already_accepted", first.till ? { ...details, till: first.till } : details];
}

/** The refusal once a voucher's uses of its period are all taken, or null. */
export function usedUp(
  claims: Claims,
  offer: TrustedOffer,
  uses: readonly Use[],
  effective: number,
): Finding | null {
  const used = usedInPeriod(claims, uses, effective);
  if (claims.uses === 0 || used < claims.uses) return null;
  const at = latest(uses);
  const again = nextPeriod(effective, claims.period);
  const details = { used, limit: claims.uses, period: periodName(claims.period), at };
  const timed = { ...details, since: Math.max(0, effective - at) };
  // A use that opens again only after the voucher has ended is no use.
  const opens = again !== null && again < Math.min(claims.expires, offer.validUntil);
  return ["used_up", opens ? { ...timed, again } : timed];
}

/** Facts for a green or amber screen: which use this is, of how many, and how old the list is. */
export function acceptedDetails({
  claims,
  uses,
  effective,
  list,
}: {
  claims: Claims | null;
  uses: readonly Use[];
  effective: number;
  list: TrustList;
}): Details {
  const limits = claims && {
    used: usedInPeriod(claims, uses, effective),
    limit: claims.uses,
    period: periodName(claims.period),
  };
  const details = { ...limits, ...ageDetails(list, effective) };
  return uses.length ? { ...details, since: Math.max(0, effective - latest(uses)) } : details;
}

function ageDetails(list: TrustList, effective: number): { issued: number; age: number } {
  return { issued: list.issued, age: effective - list.issued };
}

function latest(uses: readonly Use[]): number {
  return uses.reduce((newest, use) => Math.max(newest, use.at), 0);
}

function periodName(period: Period): string {
  return { 0: "total", 1: "day", 2: "week", 3: "month" }[period];
}
