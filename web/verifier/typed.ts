/**
 * Twelve typed characters where nothing can be scanned (trust-v1 §8.3).
 *
 * The same order of checks as for a voucher, and the same in `verifier/typed.py`.
 */

import { ascii } from "../voucher/bytes.ts";
import { periodStart, weekOf } from "../voucher/civil.ts";
import { type Claims, Period } from "../voucher/claims.ts";
import { kid } from "../voucher/ed25519.ts";
import { VoucherError } from "../voucher/errors.ts";
import * as shortCode from "../voucher/shortCode.ts";
import type { TrustedOffer, TrustList } from "../voucher/trust.ts";
import type { Circumstances } from "./decide.ts";
import { decision, type Decision, type Finding } from "./decision.ts";
import { ageOf } from "./listAge.ts";
import { acceptedDetails, alreadyAccepted, tillUnready, usedUp, windowOf } from "./rules.ts";
import type { Verdict } from "./verdicts.ts";
import type { Use } from "./views.ts";

// A code changes on Monday at midnight: the phone's clock and the till's may differ by this many seconds.
const SLACK = 300;

/** A typed code whose MAC holds. */
export interface Typed {
  /** 20 bits that name the voucher. */
  readonly tag: number;
  /** ISO year × 100 + ISO week. */
  readonly week: number;
}

/** What a till knows of a voucher by its tag alone. */
export interface TypedUses {
  /** Its uses, scanned and typed; a typed one has its week, negative, as `seq`. */
  readonly uses: readonly Use[];
  /** What the voucher says, where one of these uses was scanned; else null. */
  readonly claims: Claims | null;
}

export interface TypedUsesView {
  /** @param kids issuing keys' identifiers, 4 bytes each. */
  typed(tag: number, kids: readonly Uint8Array[]): Promise<TypedUses>;
}

export interface TypedCircumstances extends Omit<Circumstances, "uses" | "challenge"> {
  readonly uses: TypedUsesView;
  /** The partner's short-code key; null before this till was paired. */
  readonly shortKey: Uint8Array | null;
}

/** Is this text, as typed, one that `decideTyped` is for? */
export function isShortCode(text: string): boolean {
  try {
    shortCode.fold(text);
    return true;
  } catch {
    return false;
  }
}

/** The verdict on typed characters. Rejects only when `uses` does. */
export async function decideTyped(text: string, circumstances: TypedCircumstances): Promise<Decision> {
  const { trust, till, uses, now, shortKey } = circumstances;
  const effective = Math.max(now, trust.floor);
  const { list } = trust;
  if (!list) return decision("no_list", { effective });
  const known = { effective, listVersion: list.version };
  const unready = tillUnready(trust, list, till, now, effective);
  if (unready) return decision(unready[0], { ...known, details: unready[1] });
  if (!shortKey) return decision("short_no_key", known);
  const found = await find(text, list, shortKey, effective);
  if (!found) return decision("short_unknown", known);
  const { typed, offer } = found;
  const kids = await Promise.all(list.keys.map(({ key }) => kid(key)));
  const told = await uses.typed(typed.tag, kids);
  const all = { ...known, typed, offer, seq: typed.week, evidence: ascii(shortCode.fold(text)) };
  const refused = refusal(typed, offer, list, told, effective);
  if (refused) return decision(refused[0], { ...all, details: refused[1] });
  const checks: Verdict[] = ["short_code"];
  if (offer.identityCheck) checks.push("identity_check");
  if (ageOf(list, effective) === "ageing") checks.push("list_ageing");
  return decision("short_code", { ...all, checks, details: acceptedDetails({ ...told, effective, list }) });
}

/** Which of the list's offers, and which week, this code is for. */
async function find(
  text: string,
  list: TrustList,
  key: Uint8Array,
  effective: number,
): Promise<{ typed: Typed; offer: TrustedOffer } | null> {
  const weeks = new Set([weekOf(effective - SLACK), weekOf(effective + SLACK)]);
  for (const offer of list.offers.filter((one) => one.shortCode)) {
    for (const week of weeks) {
      try {
        return { typed: { tag: await shortCode.decode(key, offer.number, week, text), week }, offer };
      } catch (fault) {
        if (!(fault instanceof VoucherError)) throw fault;
      }
    }
  }
  return null;
}

function refusal(
  { tag, week }: Typed,
  offer: TrustedOffer,
  list: TrustList,
  { uses, claims }: TypedUses,
  effective: number,
): Finding | null {
  // Twenty bits may be another's: the sentence asks for the whole code instead of naming a culprit.
  if (list.revoked.some((prefix) => shortCode.tagOf(prefix) === tag)) return ["short_revoked", {}];
  return (
    windowOf("offer", offer.validFrom, offer.validUntil, effective) ??
    (claims && windowOf("voucher", claims.notBefore, claims.expires, effective)) ??
    alreadyAccepted(usesOfWeek(uses, week, effective), effective) ??
    (claims && usedUp(claims, offer, uses, effective))
  );
}

/** Uses that stand in the way of a typed code: of its week, or by that very code. */
export function usesOfWeek(uses: readonly Use[], week: number, effective: number): Use[] {
  const late = week < weekOf(effective); // the code of the week that ended less than five minutes ago
  const start = periodStart(late ? effective - SLACK : effective, Period.WEEK);
  return uses.filter((use) => use.seq === -week || use.at >= start);
}
