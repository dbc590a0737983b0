/** A voucher that is being shown: its counter raised once, its text signed anew every few seconds. */

import { holderKey } from "../../voucher/activation.ts";
import { signWith } from "../../voucher/ed25519.ts";
import type { Card } from "../core/card.ts";
import { WalletError } from "../core/errors.ts";
import { livePresentation } from "../core/live.ts";
import { holderOf } from "./cards.ts";
import { raiseCounter } from "./counters.ts";
import type { Database } from "./database.ts";

export interface Showing {
  readonly seq: number;
  /** The text to draw now. @param now corrected phone time, seconds. */
  text(now: number, challenge?: number): Promise<string>;
}

/** @throws WalletError the counter could not be made durable: then nothing may be shown. */
export async function openShowing(db: Database, card: Card, offer: number, now: number): Promise<Showing> {
  const entry = card.bundle.entries.find((item) => item.offer === offer);
  const holder = await holderOf(db, card.id, offer);
  if (!entry?.voucher || !holder) throw new WalletError("unexpected");
  const { voucher } = entry;
  const seq = await raiseCounter(db, holder, now);
  const secret = holder.secret ?? (await holderKey(card.code, holder.cti)).secret;
  return {
    seq,
    text: (at, challenge) =>
      livePresentation(voucher, { now: at, seq, challenge }, (message) => signWith(secret, message)),
  };
}
