/**
 * One question to the readers, one answer: the protocol of `tests/conformance/README.md`.
 *
 * Runs in Node (`web/conformance.ts`) and, bundled, in browsers. Bytes are hexadecimal in both directions.
 */

import { bundlePlace, fileName, grouped, holderKey, normalise } from "../voucher/activation.ts";
import * as armour from "../voucher/armour.ts";
import * as base45 from "../voucher/base45.ts";
import { decodeBundle, openBundle } from "../voucher/bundle.ts";
import { ascii, fromHex, toHex } from "../voucher/bytes.ts";
import * as cbor from "../voucher/cbor.ts";
import * as civil from "../voucher/civil.ts";
import * as claims from "../voucher/claims.ts";
import * as ed25519 from "../voucher/ed25519.ts";
import * as fallback from "../voucher/ed25519Fallback.ts";
import { VoucherError } from "../voucher/errors.ts";
import { decodeFrames, encodeFrames } from "../voucher/frames.ts";
import * as journal from "../voucher/journal.ts";
import { Keyring } from "../voucher/keyring.ts";
import { decodePairing } from "../voucher/pairing.ts";
import * as presentation from "../voucher/presentation.ts";
import * as root from "../voucher/root.ts";
import * as shortCode from "../voucher/shortCode.ts";
import * as trust from "../voucher/trust.ts";
import * as uint from "../voucher/uint.ts";
import { type Circumstances, decide } from "../verifier/decide.ts";
import { decideTyped } from "../verifier/typed.ts";
import type { TillProfile, Use } from "../verifier/views.ts";

/** A question: `op` names the reader, the other fields are its arguments. */
export interface Question {
  readonly op: string;
  readonly [argument: string]: unknown;
}

/** `ok` when the reader took it, else `error`: the code of its refusal, or "crash: …" for anything else. */
export type Answer = { readonly ok: unknown } | { readonly error: string };

/** Never rejects: whatever is not a VoucherError is told as a crash, which no vector allows. */
export async function answer(question: Question): Promise<Answer> {
  try {
    const op = OPS[question.op];
    if (!op) return { error: `crash: no such op ${question.op}` };
    return { ok: plain(await op(new Arguments(question))) };
  } catch (error) {
    return { error: error instanceof VoucherError ? error.code : `crash: ${String(error)}` };
  }
}

class Arguments {
  constructor(private readonly question: Question) {}

  text(name: string): string {
    return this.question[name] as string;
  }

  number(name: string): number {
    return this.question[name] as number;
  }

  bytes(name: string): Uint8Array {
    return fromHex(this.text(name));
  }

  texts(name: string): string[] {
    return this.question[name] as string[];
  }

  object<T>(name: string): T {
    return revived(this.question[name]) as T;
  }

  keyring(): Promise<Keyring> {
    return Keyring.of(this.texts("keys").map(fromHex));
  }
}

/** What both kinds of decision look at besides the text and the uses. */
async function around(given: Arguments): Promise<Pick<Circumstances, "trust" | "till" | "now">> {
  const anchor = await root.decodeAnchor(given.bytes("anchor"));
  const file = given.object<string | null>("trust");
  const list = file === null ? null : await trust.decodeTrust(fromHex(file), anchor);
  return {
    trust: { root: anchor, list, floor: given.number("floor") },
    till: given.object<TillProfile>("till"),
    now: given.number("now"),
  };
}

/** All that a decision looks at besides the text. */
async function circumstances(given: Arguments): Promise<Circumstances> {
  const uses = given.object<Use[]>("uses");
  const challenge = given.object<number | null>("challenge");
  return { ...(await around(given)), uses: { accepted: async () => uses }, challenge };
}

async function typedDecision(given: Arguments): Promise<unknown> {
  const [said, key] = [given.object<string | null>("claims"), given.object<string | null>("key")];
  const told = {
    uses: given.object<Use[]>("uses"),
    claims: said === null ? null : claims.decodeClaims(fromHex(said)),
  };
  const asked: unknown[] = [];
  const typed = async (tag: number, kids: readonly Uint8Array[]) => {
    asked.push({ tag, kids });
    return told;
  };
  const shortKey = key === null ? null : fromHex(key);
  const decision = await decideTyped(given.text("text"), {
    ...(await around(given)),
    uses: { typed },
    shortKey,
  });
  const { verdict, severity, checks, details, effective, seq, evidence, canConfirm } = decision;
  const plainly = { verdict, severity, checks, details, effective, seq, evidence, canConfirm };
  return { ...plainly, typed: decision.typed, offer: decision.offer && decision.offer.number, asked };
}

/** The longest of the medians, in milliseconds, that a till takes to its verdict on each of some texts. */
export async function slowestVerdict(question: Question, texts: string[], runs: number): Promise<number> {
  const prepared = await circumstances(new Arguments(question));
  let slowest = 0;
  for (const text of texts) {
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      await decide(text, prepared);
      times.push(performance.now() - start);
    }
    slowest = Math.max(slowest, times.sort((a, b) => a - b)[runs >> 1]!);
  }
  return slowest;
}

const OPS: Readonly<Record<string, (given: Arguments) => unknown>> = {
  text: (given) => readText(given.text("text"), given),
  voucher: async (given) => claims.decodeVoucher(given.bytes("data"), await given.keyring()),
  presentation: async (given) => presentation.decodePresentation(given.bytes("data"), await given.keyring()),
  claims: (given) => {
    const value = claims.decodeClaims(given.bytes("data"));
    return { value, again: claims.encodeClaims(value) };
  },
  anchor: async (given) => {
    const value = await root.decodeAnchor(given.bytes("data"));
    return { value, again: root.encodeRoot(value) };
  },
  successor: async (given) =>
    root.decodeSuccessor(given.bytes("data"), await root.decodeAnchor(given.bytes("anchor"))),
  pairing: async (given) => decodePairing(given.text("text"), await root.decodeAnchor(given.bytes("anchor"))),
  trust: async (given) => {
    const value = await trust.decodeTrust(
      given.bytes("data"),
      await root.decodeAnchor(given.bytes("anchor")),
    );
    return { value, again: trust.encodeTrust(value) };
  },
  bundle: (given) => openBundle(given.bytes("data"), given.text("code")),
  bundle_content: (given) => decodeBundle(given.bytes("data")),
  export: async (given) => {
    const value = await journal.decodeExport(given.bytes("data"));
    return { value, again: journal.encodeExport(value) };
  },
  frames: (given) => decodeFrames(given.texts("texts")),
  cbor: (given) => cbor.dumps(cbor.loads(given.bytes("data"))),
  uint: (given) => uint.decode(given.bytes("data")),
  base45: (given) => {
    const data = base45.decode(given.text("text"));
    return { data, again: base45.encode(data) };
  },
  activation: async (given) => {
    const code = normalise(given.text("text"));
    return { code, grouped: grouped(code), file: fileName(await bundlePlace(code)) };
  },
  short_code: (given) =>
    shortCode.decode(given.bytes("key"), given.number("offer"), given.number("period"), given.text("text")),
  check_key: (given) => ed25519.checkKey(given.bytes("key")),
  verify: (given) => {
    const [key, message, signature] = [given.bytes("key"), given.bytes("message"), given.bytes("signature")];
    if (given.text("engine") !== "fallback") return ed25519.verify(key, message, signature);
    return ed25519.passesRule(key, signature) && fallback.verify(key, message, signature);
  },
  civil: (given) => {
    const at = given.number("at");
    const day = civil.dayOf(at);
    const periods = Object.values(claims.Period).map((period) => civil.periodStart(at, period));
    return { day, offset: civil.offset(at), start: civil.startOf(day), end: civil.endOf(day), periods };
  },

  decide: async (given) => {
    const decision = await decide(given.text("text"), await circumstances(given));
    const { verdict, severity, checks, details, effective, seq, offset, evidence, canConfirm } = decision;
    return { verdict, severity, checks, details, effective, seq, offset, evidence, canConfirm };
  },

  decide_typed: typedDecision,

  // What a phone, a till or a demo makes itself: Python then reads it.
  make_voucher: async (given) => {
    const issuer = await ed25519.fromSeed(given.bytes("seed"));
    const value = given.object<claims.Claims>("claims");
    const keyId = await ed25519.kid(issuer.publicKey);
    return claims.encodeVoucher(value, keyId, await issuer.sign(claims.signingInput(value, keyId)));
  },
  make_presentation: async (given) => {
    const holder = await holderKey(given.text("code"), given.bytes("cti"));
    const challenge = given.object<number | null>("challenge");
    const [timestamp, seq] = [given.number("timestamp"), given.number("seq")];
    const content = presentation.encodeContent(given.bytes("voucher"), timestamp, seq, challenge);
    const signature = await holder.sign(presentation.signingInput(content));
    const data = presentation.encodePresentation(content, signature);
    return { text: armour.encode(armour.PRESENTATION, data), holder: holder.publicKey };
  },
  make_export: async (given) => {
    const till = await ed25519.fromSeed(given.bytes("seed"));
    const rows = given.object<journal.Row[]>("rows");
    const before = await journal.firstHash(till.publicKey);
    let after = before;
    for (const row of rows) after = await journal.nextHash(after, journal.encodeRow(row));
    const names = { partner: given.text("partner"), till: given.text("till"), key: till.publicKey };
    const payload = journal.encodeExport({ ...names, first: 1, last: rows.length, before, after, rows });
    const signature = await till.sign(await journal.signingInput(payload, till.publicKey));
    return journal.assemble(payload, till.publicKey, signature);
  },
  make_frames: (given) => encodeFrames(given.bytes("data")),
  make_short_code: (given) => {
    const tag = shortCode.tagOf(given.bytes("cti"));
    return shortCode.encode(given.bytes("key"), given.number("offer"), given.number("period"), tag);
  },
  make_signature: async (given) => {
    const seed = given.bytes("seed");
    const message = ascii(given.text("message"));
    const pair = await ed25519.fromSeed(seed);
    return {
      publicKey: pair.publicKey,
      signature: await pair.sign(message),
      fallbackKey: await fallback.publicKey(seed),
      fallbackSignature: await fallback.sign(seed, message),
    };
  },
};

async function readText(text: string, given: Arguments): Promise<unknown> {
  const { prefix, data } = armour.decode(text);
  const keyring = await given.keyring();
  const value =
    prefix === armour.VOUCHER
      ? await claims.decodeVoucher(data, keyring)
      : await presentation.decodePresentation(data, keyring);
  return { value, again: armour.encode(prefix, data) };
}

/** Bytes as hexadecimal, at any depth; the table of keys of a trust list is no part of its content. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const rows = Object.entries(value).filter(([, item]) => !(item instanceof Keyring));
  return Object.fromEntries(rows.map(([name, item]) => [name, plain(item)]));
}

/** `{"hex": "00ff"}` becomes bytes, at any depth. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (value === null || typeof value !== "object") return value;
  if ("hex" in value) return fromHex(value.hex as string);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, revived(item)]));
}
