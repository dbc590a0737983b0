/** Base45 (RFC 9285), strict: one text for one string of bytes. */

import { malformed } from "./errors.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** The base45 text of any bytes: three characters for two bytes, two for a last odd one. */
export function encode(data: Uint8Array): string {
  let text = "";
  for (let i = 0; i < data.length; i += 2) {
    const pair = i + 1 < data.length;
    const word = pair ? data[i]! * 256 + data[i + 1]! : data[i]!;
    text += ALPHABET[word % 45]! + ALPHABET[Math.floor(word / 45) % 45]!;
    if (pair) text += ALPHABET[Math.floor(word / 2025)]!;
  }
  return text;
}

/** The bytes of a base45 text. Throws `malformed`: a foreign character, a lone last one, a group too large. */
export function decode(text: string): Uint8Array {
  if (text.length % 3 === 1) throw malformed("base45: length");
  const out = new Uint8Array(Math.floor(text.length / 3) * 2 + (text.length % 3 ? 1 : 0));
  let at = 0;
  for (let i = 0; i < text.length; i += 3) {
    const pair = i + 2 < text.length;
    const word = value(text, i) + 45 * value(text, i + 1) + (pair ? 2025 * value(text, i + 2) : 0);
    if (word > (pair ? 65535 : 255)) throw malformed("base45: group too large");
    if (pair) out[at++] = word >> 8;
    out[at++] = word & 255;
  }
  return out;
}

function value(text: string, at: number): number {
  const found = ALPHABET.indexOf(text[at]!);
  if (found < 0) throw malformed("base45: foreign character");
  return found;
}
