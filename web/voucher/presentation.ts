/** The live proof that the holder's phone shows: voucher-v1 §4. */

import { concat, equal } from "./bytes.ts";
import { MAX_CHALLENGE, MAX_SEQ, MAX_TIME, MIN_TIME } from "./caps.ts";
import { decodeVoucher, type Voucher } from "./claims.ts";
import { assemble, Envelope, MAX_PAYLOAD, MIN_PAYLOAD, toSign } from "./envelope.ts";
import { malformed } from "./errors.ts";
import type { Keyring } from "./keyring.ts";
import { integer } from "./shape.ts";
import * as uint from "./uint.ts";

export const HEADER = Uint8Array.of(0xa1, 0x01, 0x32); // {1: -19}: the key is the one inside the voucher
const CONTENT = 9; // where the content starts: d2 84 43 a1 01 32 a0 58 n
const VOUCHER = 3; // where the voucher starts in the content: 83|84 58 v

/** A presentation whose two signatures hold. */
export interface Presentation {
  readonly voucher: Voucher;
  /** The phone's time when it was signed, seconds since 1970. */
  readonly timestamp: number;
  /** Counter of this voucher on this phone, 1..2^32−1. */
  readonly seq: number;
  /** What the person typed, 0..9999, or null. */
  readonly challenge: number | null;
  /** The voucher as it stood inside. */
  readonly voucherBytes: Uint8Array;
}

/** The content that the holder signs. Throws `malformed`: a time, counter, challenge or voucher out of bounds. */
export function encodeContent(
  voucher: Uint8Array,
  timestamp: number,
  seq: number,
  challenge: number | null = null,
): Uint8Array {
  integer(voucher.length, MIN_PAYLOAD, MAX_PAYLOAD);
  const time = uint.encode(integer(timestamp, MIN_TIME, MAX_TIME));
  const counter = uint.encode(integer(seq, 1, MAX_SEQ));
  const answer = challenge === null ? [] : uint.encode(integer(challenge, 0, MAX_CHALLENGE));
  return concat([challenge === null ? 0x83 : 0x84, 0x58, voucher.length], voucher, time, counter, answer);
}

/** The bytes that the holder's key signs. */
export function signingInput(content: Uint8Array): Uint8Array {
  return toSign(HEADER, content);
}

/** The presentation's bytes from its content and the signature over `signingInput`. */
export function encodePresentation(content: Uint8Array, signature: Uint8Array): Uint8Array {
  return assemble(HEADER, content, signature);
}

/**
 * Verify the voucher, then the presentation, then read it: the order of voucher-v1 §4.3.
 *
 * Rejects with `malformed`, `unknown_key`, `bad_signature` or `update_app`: the first check that fails.
 */
export async function decodePresentation(data: Uint8Array, keyring: Keyring): Promise<Presentation> {
  const envelope = new Envelope(data, HEADER.length);
  if (!equal(data.subarray(3, 3 + HEADER.length), HEADER)) throw malformed("presentation: header");
  const voucherBytes = innerVoucher(data);
  const voucher = await decodeVoucher(voucherBytes, keyring);
  if (!voucher.claims.holder) throw malformed("presentation of a bearer voucher");
  const content = await envelope.openWith(voucher.claims.holder, HEADER);
  const rest = readRest(content.subarray(VOUCHER + voucherBytes.length), content[0] === 0x84);
  return { voucher, ...rest, voucherBytes };
}

/** Cut the voucher out of a presentation of the right layout: it verifies by itself or nothing is read. */
function innerVoucher(data: Uint8Array): Uint8Array {
  const content = data.subarray(CONTENT, CONTENT + data[CONTENT - 1]!);
  const size = content[2]!;
  const head = content.subarray(0, 2);
  const known = equal(head, Uint8Array.of(0x83, 0x58)) || equal(head, Uint8Array.of(0x84, 0x58));
  if (!known || VOUCHER + size > content.length) throw malformed("presentation: layout");
  return content.slice(VOUCHER, VOUCHER + size);
}

/** Read ts, seq and challenge from what follows the voucher in content whose signature holds. */
function readRest(
  data: Uint8Array,
  challenged: boolean,
): Pick<Presentation, "timestamp" | "seq" | "challenge"> {
  const [timestamp, afterTime] = uint.decode(data);
  const [seq, afterSeq] = uint.decode(afterTime);
  const [challenge, rest] = challenged ? uint.decode(afterSeq) : [null, afterSeq];
  if (rest.length) throw malformed("presentation: trailing bytes");
  integer(timestamp, MIN_TIME, MAX_TIME);
  integer(seq, 1, MAX_SEQ);
  if (challenge !== null) integer(challenge, 0, MAX_CHALLENGE);
  return { timestamp, seq, challenge };
}
