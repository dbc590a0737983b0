/** What the wallet keeps of one card. Times in seconds since 1970, money in cents, as on the wire. */

import type { Bundle, Entry } from "../../voucher/bundle.ts";
import type { Secret } from "../../voucher/ed25519.ts";
import type { Change } from "./changes.ts";

export interface Card {
  /** The place of its file, 32 hexadecimal digits: names the card without telling its code. */
  readonly id: string;
  /** The activation code: needed to open the next file and to derive the keys of new vouchers. */
  readonly code: string;
  /** The encrypted file as it was fetched: compared with the next one, and put into a backup. */
  readonly file: Uint8Array;
  readonly bundle: Bundle;
  /** Titles of offers whose voucher did not verify. */
  readonly leftOut: readonly string[];
  readonly closed: boolean;
  readonly addedAt: number;
  readonly checkedAt: number;
  /** What the last files changed, until the person has read it. */
  readonly news: readonly Change[];
}

/** The holder's key of one voucher of one card. */
export interface Holder {
  readonly card: string;
  readonly offer: number;
  readonly cti: Uint8Array;
  /** Start of the voucher's validity. */
  readonly notBefore: number;
  /** A non-extractable key; the seed on a browser without Ed25519; null on one that cannot keep its own keys. */
  readonly secret: Secret | null;
}

export type Outcome = "accepted" | "refused";

/** One line of the person's own history: what they said happened, never what a till did. */
export interface Use {
  readonly id?: number;
  readonly card: string;
  readonly offer: number;
  readonly title: string;
  readonly partner: string;
  readonly at: number;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly saving: number;
}

/** An offer of a card, as the lists show it. */
export interface Pass {
  readonly card: Card;
  readonly entry: Entry;
}

export function passes(cards: readonly Card[]): Pass[] {
  return cards
    .filter((card) => !card.closed)
    .flatMap((card) => card.bundle.entries.map((entry) => ({ card, entry })));
}
