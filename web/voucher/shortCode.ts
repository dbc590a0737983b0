/** Twelve characters for a broken camera, a phone call or an online shop: voucher-v1 §6. */

import { ALPHABET, SEPARATORS } from "./activation.ts";
import { ascii, concat, hmacSha256 } from "./bytes.ts";
import { malformed, VoucherError } from "./errors.ts";
import { isLonger } from "./shape.ts";

export const LENGTH = 12;
export const KEY_SIZE = 32;
export const MAX_TYPED = 64;
const TAG_CHARACTERS = 4; // 20 bits
const MAC_CHARACTERS = 8; // 40 bits

/** The 20 bits that name a voucher: the first of its id. */
export function tagOf(cti: Uint8Array): number {
  return (cti[0]! << 12) | (cti[1]! << 4) | (cti[2]! >> 4);
}

/** The 12 characters; `period` is ISO year × 100 + ISO week, `tag` the 20 bits of `tagOf`. */
export async function encode(key: Uint8Array, offer: number, period: number, tag: number): Promise<string> {
  return characters(tag, TAG_CHARACTERS) + characters(await mac(key, offer, period, tag), MAC_CHARACTERS);
}

/**
 * The tag of a typed code once its MAC holds.
 *
 * Rejects with `malformed` (not 12 characters of the alphabet) or `bad_signature` (another partner, offer or week, or a
 * mistake).
 */
export async function decode(key: Uint8Array, offer: number, period: number, typed: string): Promise<number> {
  const code = fold(typed);
  const tag = tagIn(code);
  if ((await encode(key, offer, period, tag)) !== code) throw new VoucherError("bad_signature", "short code");
  return tag;
}

/** The tag in the 12 characters of a code, whether its MAC holds or not. */
export function tagIn(code: string): number {
  return Array.from(code.slice(0, TAG_CHARACTERS)).reduce((n, c) => n * 32 + ALPHABET.indexOf(c), 0);
}

/** The 12 characters of what was typed, as `encode` writes them. Throws `malformed`. */
export function fold(typed: string): string {
  if (isLonger(typed, MAX_TYPED)) throw malformed("short code: too long");
  const code = Array.from(typed.replace(/[a-z]/g, (letter) => letter.toUpperCase()))
    .filter((character) => !SEPARATORS.includes(character))
    .map((character) => (character === "O" ? "0" : character === "I" || character === "L" ? "1" : character))
    .join("");
  if (code.length !== LENGTH || ![...code].every((c) => ALPHABET.includes(c))) {
    throw malformed("short code: 12 characters");
  }
  return code;
}

async function mac(key: Uint8Array, offer: number, period: number, tag: number): Promise<number> {
  const message = new DataView(new ArrayBuffer(12));
  message.setUint32(0, offer);
  message.setUint32(4, period);
  message.setUint32(8, tag << 12); // tag20 || 0000b in three bytes; the fourth is not part of the message
  const input = concat(ascii("cje-short-v1"), new Uint8Array(message.buffer, 0, 11));
  const digest = await hmacSha256(key, input);
  return digest.slice(0, 5).reduce((value, byte) => value * 256 + byte, 0);
}

function characters(value: number, count: number): string {
  let text = "";
  for (let rest = value; text.length < count; rest = Math.floor(rest / 32))
    text = ALPHABET[rest % 32]! + text;
  return text;
}
