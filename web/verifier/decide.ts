/**
 * The verdict: a function of the text, the trust in force, the till, its uses and the clock, and of nothing else.
 *
 * Checks run in one fixed order, the same as in `verifier/decide.py`, and the first that speaks is the verdict;
 * amber reasons are looked for only when nothing refuses.
 */

import * as armour from "../voucher/armour.ts";
import { LIVE_FUTURE, LIVE_PAST } from "../voucher/caps.ts";
import { decodeVoucher, type Voucher } from "../voucher/claims.ts";
import { kid } from "../voucher/ed25519.ts";
import { VoucherError } from "../voucher/errors.ts";
import { PREFIX as FRAME } from "../voucher/frames.ts";
import { PREFIX as PAIRING } from "../voucher/pairing.ts";
import { decodePresentation, type Presentation } from "../voucher/presentation.ts";
import { maySign, type TrustedOffer, type TrustList } from "../voucher/trust.ts";
import { type Decision, decision, type Details, type Finding } from "./decision.ts";
import { bearerSeq } from "./limits.ts";
import { ageOf } from "./listAge.ts";
import { acceptedDetails, alreadyAccepted, tillUnready, usedUp, windowOf } from "./rules.ts";
import { type Verdict, VERDICTS } from "./verdicts.ts";
import type { TillProfile, TrustView, Use, UsesView } from "./views.ts";

export interface Circumstances {
  readonly trust: TrustView;
  /** The newest time of the till's own journal, while it is still being read: a floor like that of `trust`. */
  readonly seen?: Promise<number>;
  readonly till: TillProfile;
  readonly uses: UsesView;
  /** The device's clock, whole seconds since 1970. */
  readonly now: number;
  /** The four digits that this till shows now, 0..9999, if it shows any. */
  readonly challenge?: number | null;
}

/** A voucher whose signatures hold, and all that the later checks look at. */
interface Case {
  readonly voucher: Voucher;
  readonly kid: Uint8Array;
  readonly presentation: Presentation | null;
  readonly data: Uint8Array;
  readonly list: TrustList;
  readonly offer: TrustedOffer | null;
  readonly revoked: boolean;
  readonly uses: readonly Use[];
  readonly seq: number;
  readonly now: number;
  readonly effective: number;
  readonly challenge: number | null;
}

/** The verdict on a scanned or typed text. Rejects only when `uses` does, whatever the text. */
export async function decide(text: string, circumstances: Circumstances): Promise<Decision> {
  const { till, uses, now, challenge } = circumstances;
  const { list, root } = circumstances.trust;
  const scanned = readText(text);
  // Signatures are checked while the journal is read: on a slow phone each of the two is waited for by itself.
  const opening = settled("prefix" in scanned && list ? open(scanned.prefix, scanned.data, list) : null);
  const floor = Math.max(circumstances.trust.floor, (await circumstances.seen) ?? 0);
  const effective = Math.max(now, floor);
  const without = (verdict: Verdict, details: Details = {}, listVersion = list?.version ?? 0) =>
    decision(verdict, { effective, details, listVersion });
  if (!("prefix" in scanned)) return without(scanned.verdict, scanned.details, 0);
  if (!list) return without("no_list");
  const unready = tillUnready({ root, list, floor }, list, till, now, effective);
  if (unready) return without(unready[0], unready[1]);
  const opened = await opening;
  if ("fault" in opened) return without(verdictOf(opened.fault));
  const { voucher, presentation } = opened.value!;
  const id = await kidOf(voucher.key);
  const [known, revoked] = await Promise.all([uses.accepted(id, voucher.claims.cti), list.revokes(voucher)]);
  return judge({
    voucher,
    kid: id,
    presentation,
    data: scanned.data,
    list,
    offer: list.offer(voucher.claims.offer),
    revoked,
    uses: known,
    seq: presentation ? presentation.seq : bearerSeq(known),
    now,
    effective,
    challenge: challenge ?? null,
  });
}

/** A text of ours with its bytes, or why it is none. */
function readText(text: string): ReturnType<typeof armour.decode> | { verdict: Verdict; details: Details } {
  try {
    return armour.decode(text);
  } catch (fault) {
    const what = SETTINGS.get(text.slice(0, 5));
    return what ? { verdict: "not_ours", details: { what } } : { verdict: verdictOf(fault), details: {} };
  }
}

/** What came of work that may not be waited for: a fault that nobody looks at must not reach the page. */
function settled<T>(work: T | Promise<T>): Promise<{ value: T } | { fault: unknown }> {
  return Promise.resolve(work).then(
    (value) => ({ value }),
    (fault: unknown) => ({ fault }),
  );
}

/** Of a list's keys, which are the same objects scan after scan. */
const kids = new WeakMap<Uint8Array, Promise<Uint8Array>>();

function kidOf(key: Uint8Array): Promise<Uint8Array> {
  const known = kids.get(key) ?? kid(key);
  kids.set(key, known);
  return known;
}

/** Ours, and no voucher (trust-v1 §7, §8): each has its own sentence, or a cashier would look for a newer till. */
const SETTINGS = new Map([
  [PAIRING, "pairing"],
  [FRAME, "frame"],
]);

async function open(prefix: armour.Prefix, data: Uint8Array, list: TrustList) {
  if (prefix === armour.VOUCHER) {
    return { voucher: await decodeVoucher(data, list.keyring()), presentation: null };
  }
  const presentation = await decodePresentation(data, list.keyring());
  return { voucher: presentation.voucher, presentation };
}

function judge(found: Case): Decision {
  const { voucher, kid, data: evidence, offer, seq, effective, presentation } = found;
  const offset = presentation ? presentation.timestamp - found.now : null;
  const known = { voucher, kid, evidence, offer, seq, offset, effective, listVersion: found.list.version };
  for (const refuses of REFUSALS) {
    const finding = refuses(found);
    if (finding) return decision(finding[0], { ...known, details: finding[1] });
  }
  const checks = AMBER.filter(([, holds]) => holds(found)).map(([verdict]) => verdict);
  return decision(checks[0] ?? "accepted", {
    ...known,
    checks,
    details: acceptedDetails({ ...found, claims: voucher.claims }),
  });
}

type Check = (found: Case) => Finding | null;

const bare: Check = ({ presentation, voucher }) =>
  !presentation && voucher.claims.holder ? ["bare", {}] : null;

const wrongPartner: Check = ({ offer }) => (offer ? null : ["wrong_partner", {}]);

const keyMisuse: Check = ({ list, voucher }) =>
  maySign(list.issuingKey(voucher.key), voucher.claims) ? null : ["key_misuse", {}];

const revoked: Check = ({ revoked }) => (revoked ? ["revoked", {}] : null);

/** The voucher's window, then the offer's; both half open. */
const outOfTime: Check = ({ voucher: { claims }, offer, effective }) =>
  windowOf("voucher", claims.notBefore, claims.expires, effective) ??
  windowOf("offer", offer!.validFrom, offer!.validUntil, effective);

const paperNotAllowed: Check = ({ presentation, offer }) =>
  presentation || offer!.paper ? null : ["paper_not_allowed", {}];

/** voucher-v1 §4.4: one that carries a challenge is never live by its clock. */
const notLive: Check = ({ presentation, challenge, effective }) => {
  if (!presentation) return null;
  const age = effective - presentation.timestamp;
  if (presentation.challenge === null) {
    return -LIVE_FUTURE <= age && age <= LIVE_PAST ? null : ["not_live", { age }];
  }
  if (challenge === null) return ["not_live", { age }];
  return presentation.challenge === challenge ? null : ["wrong_challenge", {}];
};

const acceptedBefore: Check = ({ uses, seq, effective }) =>
  alreadyAccepted(
    uses.filter((use) => use.seq === seq),
    effective,
  );

const usedBefore: Check = ({ voucher, offer, uses, effective }) =>
  usedUp(voucher.claims, offer!, uses, effective);

const REFUSALS: readonly Check[] = [
  bare,
  wrongPartner,
  keyMisuse,
  revoked,
  outOfTime,
  paperNotAllowed,
  notLive,
  acceptedBefore,
  usedBefore,
];

const AMBER: readonly (readonly [Verdict, (found: Case) => boolean])[] = [
  ["paper", ({ presentation }) => !presentation],
  ["identity_check", ({ offer }) => offer!.identityCheck],
  ["list_ageing", ({ list, effective }) => ageOf(list, effective) === "ageing"],
];

/** A reader's error as a verdict; whatever has no verdict of its own is malformed: it fails closed. */
function verdictOf(fault: unknown): Verdict {
  if (!(fault instanceof VoucherError)) throw fault;
  return fault.code in VERDICTS ? (fault.code as Verdict) : "malformed";
}
