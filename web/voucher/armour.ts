/** Text in a QR: a prefix of five characters and base45 (voucher-v1 §1.3). */

import * as base45 from "./base45.ts";
import { MAX_PRESENTATION, MAX_PRESENTATION_TEXT, MAX_TEXT, MAX_VOUCHER, MAX_VOUCHER_TEXT } from "./caps.ts";
import { malformed, VoucherError } from "./errors.ts";
import { isLonger } from "./shape.ts";

export const VOUCHER = "CJE1:";
export const PRESENTATION = "CJP1:";
export type Prefix = typeof VOUCHER | typeof PRESENTATION;

export function encode(prefix: Prefix, data: Uint8Array): string {
  return prefix + base45.encode(data);
}

/**
 * Prefix and bytes of a scanned or typed text of at most 1,024 characters.
 *
 * Throws `not_ours` (another application's text), `update_app` (a prefix of our family that this version does not
 * know), `malformed` (over its cap, or not base45).
 */
export function decode(text: string): { prefix: Prefix; data: Uint8Array } {
  if (isLonger(text, MAX_TEXT) || !/^CJ[A-Z][0-9]:/.test(text)) {
    throw new VoucherError("not_ours", "not a text of this card");
  }
  const prefix = text.slice(0, 5);
  if (prefix !== VOUCHER && prefix !== PRESENTATION) throw new VoucherError("update_app", prefix);
  const [maxText, maxData] =
    prefix === VOUCHER ? [MAX_VOUCHER_TEXT, MAX_VOUCHER] : [MAX_PRESENTATION_TEXT, MAX_PRESENTATION];
  if (isLonger(text, maxText)) throw malformed("text over its cap");
  const data = base45.decode(text.slice(5));
  if (data.length > maxData) throw malformed("bytes over their cap");
  return { prefix, data };
}
