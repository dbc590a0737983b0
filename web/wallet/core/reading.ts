/** From a code and its file to a card whose every voucher verifies (bundle-v1 §4.1). */

import { openBundle, type Bundle, type Entry } from "../../voucher/bundle.ts";
import { decodeVoucher, type Claims, type Voucher } from "../../voucher/claims.ts";
import { equal, toHex } from "../../voucher/bytes.ts";
import { VoucherError } from "../../voucher/errors.ts";
import { holderKey } from "../../voucher/activation.ts";
import { Keyring } from "../../voucher/keyring.ts";
import type { Holder } from "./card.ts";
import { typographic } from "./typography.ts";

export interface Reading {
  /** Without the entries whose voucher fails. */
  readonly bundle: Bundle;
  readonly holders: readonly Holder[];
  readonly leftOut: readonly string[];
}

/**
 * @param card the card's id.
 * @throws VoucherError the file as a whole cannot be opened; a single bad voucher is only left out.
 */
export async function readCard(card: string, code: string, file: Uint8Array): Promise<Reading> {
  const bundle = await openBundle(file, code);
  const keyring = await Keyring.of(bundle.keys);
  const checked = await Promise.all(bundle.entries.map((entry) => checkEntry(card, code, entry, keyring)));
  const good = checked.filter((item) => item.ok);
  return {
    bundle: { ...bundle, entries: good.map(({ entry }) => set(entry)) },
    holders: good.flatMap(({ holder }) => (holder ? [holder] : [])),
    leftOut: checked.filter((item) => !item.ok).map(({ entry }) => entry.title),
  };
}

/** What the editor wrote in plain spaces, as it is read. Codes and addresses are left alone. */
function set(entry: Entry): Entry {
  const [title, headline] = [typographic(entry.title), typographic(entry.headline)];
  const [conditions, notAllowed, steps] = [entry.conditions, entry.notAllowed, entry.steps].map((lines) =>
    lines.map(typographic),
  ) as [string[], string[], string[]];
  return { ...entry, title, headline, conditions, notAllowed, steps };
}

interface Checked {
  readonly entry: Entry;
  readonly ok: boolean;
  readonly holder?: Holder;
}

/** Whether a paper voucher is the same right as the live one, for whoever bears it (bundle-v1 §4.4). */
async function isTwin(paper: Uint8Array, live: Voucher, keyring: Keyring): Promise<boolean> {
  const bearer = await decodeVoucher(paper, keyring);
  const right = ({ cti, offer, notBefore, expires, uses, period }: Claims): string =>
    [toHex(cti), offer, notBefore, expires, uses, period].join();
  const same = right(bearer.claims) === right(live.claims) && equal(bearer.key, live.key);
  return same && bearer.claims.holder === null;
}

async function checkEntry(card: string, code: string, entry: Entry, keyring: Keyring): Promise<Checked> {
  // Another way of use carries no voucher; the way "voucher" without one would be a button that does nothing.
  if (entry.voucher === null) return { entry, ok: entry.way !== "voucher" };
  try {
    const live = await decodeVoucher(entry.voucher, keyring);
    const { claims } = live;
    const derived = await holderKey(code, claims.cti);
    const own = claims.holder !== null && equal(claims.holder, derived.publicKey);
    if (!own || claims.offer !== entry.offer) return { entry, ok: false };
    if (entry.paper && !(await isTwin(entry.paper, live, keyring))) return { entry, ok: false };
    const { cti, notBefore } = claims;
    return { entry, ok: true, holder: { card, offer: entry.offer, cti, notBefore, secret: derived.secret } };
  } catch (fault) {
    if (fault instanceof VoucherError) return { entry, ok: false };
    throw fault;
  }
}
