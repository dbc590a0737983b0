/** A till's journal on the wire: rows, their hash chain and the signed export (journal-v1). */

import { ascii, concat, equal, sha256 } from "./bytes.ts";
import * as cbor from "./cbor.ts";
import type { Value } from "./cbor.ts";
import { checkKey, kid, verify } from "./ed25519.ts";
import { malformed, VoucherError } from "./errors.ts";

export const KIND = "cje-journal";
export const MAX_EXPORT = 256 * 1024 * 1024;

/** What a row records. */
export const Kind = { ACCEPTED: 0, REFUSED: 1, VOID: 2 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** One row, in the order of journal-v1 §1. Times in seconds, money in cents. */
export interface Row {
  readonly n: number;
  readonly time: number;
  readonly effective: number;
  readonly kind: Kind;
  readonly verdict: string;
  readonly kid: Uint8Array | null;
  readonly cti: Uint8Array | null;
  readonly seq: number | null;
  readonly offer: number | null;
  readonly amount: number | null;
  readonly saving: number | null;
  readonly offset: number | null;
  readonly listVersion: number;
  readonly evidence: Uint8Array | null;
  readonly voids: number | null;
  readonly reason: string | null;
}

/** A signed run of rows `first..last` of one till; `before` and `after` are hashes of the chain. */
export interface Export {
  readonly partner: string;
  readonly till: string;
  readonly key: Uint8Array;
  readonly first: number;
  readonly last: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly rows: readonly Row[];
}

/** A row in its one byte form. */
export function encodeRow(row: Row): Uint8Array {
  return cbor.dumps(rowValue(row));
}

/** hash(0) of a till's chain, from its public key (32 bytes). */
export function firstHash(tillKey: Uint8Array): Promise<Uint8Array> {
  return sha256(concat(ascii("cje-journal-v1"), tillKey));
}

/** hash(n) from hash(n−1) and the bytes of row n. */
export function nextHash(before: Uint8Array, row: Uint8Array): Promise<Uint8Array> {
  return sha256(concat(before, row));
}

/** The payload that the till's key signs. */
export function encodeExport(run: Export): Uint8Array {
  const head = [1, run.partner, run.till, run.key, run.first, run.last, run.before, run.after];
  return cbor.dumps([...head, run.rows.map(rowValue)]);
}

/** The Sig_structure that the till signs. */
export async function signingInput(payload: Uint8Array, tillKey: Uint8Array): Promise<Uint8Array> {
  return cbor.dumps(["Signature1", await header(tillKey), new Uint8Array(), payload]);
}

/** The export file. */
export async function assemble(
  payload: Uint8Array,
  tillKey: Uint8Array,
  signature: Uint8Array,
): Promise<Uint8Array> {
  const parts: Value[] = [await header(tillKey), new Map(), payload, signature];
  return concat([0xd2], cbor.dumps(parts));
}

/**
 * Read an export: its signature by the key that it names, its chain, its numbering. Whether that key belongs to a
 * known till is the reader's matter.
 *
 * Rejects with `too_big`, `malformed`, `update_app`, `bad_key` or `bad_signature`: the first check that fails.
 */
export async function decodeExport(data: Uint8Array): Promise<Export> {
  if (data.length > MAX_EXPORT) throw new VoucherError("too_big", "journal export");
  if (data[0] !== 0xd2 || data[1] !== 0x84) throw malformed("not a journal export");
  const [found, empty, payload, signature] = cbor.loads(data.subarray(1)) as Value[];
  const layout =
    found instanceof Uint8Array &&
    empty instanceof Map &&
    empty.size === 0 &&
    payload instanceof Uint8Array &&
    signature instanceof Uint8Array;
  if (!layout) throw malformed("journal export: layout");
  const run = await readPayload(payload);
  if (!equal(found, await header(run.key))) throw malformed("journal export: header");
  if (!(await verify(run.key, await signingInput(payload, run.key), signature))) {
    throw new VoucherError("bad_signature", "journal export");
  }
  await checkChain(run);
  return run;
}

async function readPayload(payload: Uint8Array): Promise<Export> {
  const parts = cbor.loads(payload);
  const version = Array.isArray(parts) ? parts[0] : null;
  if (typeof version === "number" && version !== 1) {
    throw new VoucherError("update_app", "journal export of another version");
  }
  if (version !== 1 || !Array.isArray(parts) || parts.length !== 9)
    throw malformed("journal export: payload");
  const [, partner, till, key, first, last, before, after, rows] = parts;
  if (typeof partner !== "string" || typeof till !== "string") throw malformed("journal export: names");
  if (!isUint(first) || !isUint(last) || !isHash(before) || !isHash(after)) {
    throw malformed("journal export: run");
  }
  if (!(key instanceof Uint8Array) || !Array.isArray(rows)) throw malformed("journal export: key or rows");
  await checkKey(key);
  return { partner, till, key, first, last, before, after, rows: rows.map(readRow) };
}

async function checkChain(run: Export): Promise<void> {
  const complete = run.first >= 1 && run.last === run.first + run.rows.length - 1;
  if (!complete || run.rows.some((row, i) => row.n !== run.first + i)) {
    throw malformed("journal export: a row is missing or out of place");
  }
  if (run.first === 1 && !equal(run.before, await firstHash(run.key))) {
    throw malformed("journal export: chain does not start at the till's key");
  }
  let value = run.before;
  for (const row of run.rows) value = await nextHash(value, encodeRow(row));
  if (!equal(value, run.after)) throw malformed("journal export: chain does not hold");
}

async function header(tillKey: Uint8Array): Promise<Uint8Array> {
  const fields = new Map<number, Value>([
    [1, -19],
    [4, await kid(tillKey)],
    [16, KIND],
  ]);
  return cbor.dumps(fields);
}

function rowValue(row: Row): Value[] {
  return [
    row.n,
    row.time,
    row.effective,
    row.kind,
    row.verdict,
    row.kid,
    row.cti,
    row.seq,
    row.offer,
    row.amount,
    row.saving,
    row.offset,
    row.listVersion,
    row.evidence,
    row.voids,
    row.reason,
  ];
}

const isUint = (value: Value | undefined): value is number => typeof value === "number" && value >= 0;
const isInt = (value: Value | undefined): value is number => typeof value === "number";
const isText = (value: Value | undefined): value is string => typeof value === "string";
const isBytes = (value: Value | undefined): value is Uint8Array => value instanceof Uint8Array;
const isHash = (value: Value | undefined): value is Uint8Array => isBytes(value) && value.length === 32;

/** Read a row from its one byte form. Throws `malformed` or `update_app`. */
export function decodeRow(data: Uint8Array): Row {
  return readRow(cbor.loads(data));
}

function readRow(item: Value): Row {
  if (!Array.isArray(item) || item.length !== 16) throw malformed("journal row: shape");
  const [n, time, effective, kind, verdict, keyId, cti, seq, offer, amount, saving, offset, list, ...rest] =
    item;
  const [evidence, voids, reason] = rest;
  const row = {
    n: must(n, isUint),
    time: must(time, isUint),
    effective: must(effective, isUint),
    verdict: must(verdict, isText),
    kid: optional(keyId, isBytes),
    cti: optional(cti, isBytes),
    seq: optional(seq, isUint),
    offer: optional(offer, isUint),
    amount: optional(amount, isUint),
    saving: optional(saving, isUint),
    offset: optional(offset, isInt),
    listVersion: must(list, isUint),
    evidence: optional(evidence, isBytes),
    voids: optional(voids, isUint),
    reason: optional(reason, isText),
  };
  return { ...row, kind: kindOf(must(kind, isUint)) };
}

function kindOf(kind: number): Kind {
  if (kind > Kind.VOID) throw new VoucherError("update_app", "journal row of a newer kind");
  return kind as Kind;
}

function must<T extends Value>(value: Value | undefined, is: (value: Value | undefined) => value is T): T {
  if (!is(value)) throw malformed("journal row: types");
  return value;
}

function optional<T extends Value>(
  value: Value | undefined,
  is: (value: Value | undefined) => value is T,
): T | null {
  return value === null ? null : must(value, is);
}
