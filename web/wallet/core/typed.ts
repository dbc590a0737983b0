/** What to say about an activation code while it is being typed. */

import { LENGTH, normalise, SEPARATORS } from "../../voucher/activation.ts";

export type Typed =
  | { readonly kind: "empty" }
  | { readonly kind: "short"; readonly missing: number }
  | { readonly kind: "long" }
  | { readonly kind: "wrong" }
  | { readonly kind: "ready"; readonly code: string };

/** The canonical code in a typed or pasted text, or what is missing. Never throws. */
export function typed(text: string): Typed {
  try {
    return { kind: "ready", code: normalise(text) };
  } catch {
    const characters = plain(text).length;
    if (characters === 0) return { kind: "empty" };
    if (characters < LENGTH) return { kind: "short", missing: LENGTH - characters };
    return { kind: characters === LENGTH ? "wrong" : "long" };
  }
}

/** `ABCD-EFGH-…` while typing: groups of four, nothing refused, so that a fault stays visible. */
export function spaced(text: string): string {
  const letters = plain(text).toUpperCase();
  return letters.length > LENGTH ? text : (letters.match(/.{1,4}/g) ?? []).join("-");
}

function plain(text: string): string {
  return Array.from(text, (character) => (SEPARATORS.includes(character) ? "" : character)).join("");
}
