/** Bringing a card onto this phone, and bringing it up to date. */

import { bundlePlace } from "../../voucher/activation.ts";
import { equal, toHex } from "../../voucher/bytes.ts";
import { changes, type Change } from "../core/changes.ts";
import type { Card } from "../core/card.ts";
import { WalletError } from "../core/errors.ts";
import { readCard } from "../core/reading.ts";
import { amendCard, cardOf, putCard } from "./cards.ts";
import type { Database } from "./database.ts";
import { fetchFile } from "./card_file.ts";

/**
 * Fetch, open, verify and store the card of a code; its id once it is on the disk.
 *
 * @param code canonical, from `typed`.
 * @throws WalletError or VoucherError; nothing is stored then, and what was stored stays.
 */
export async function activate(db: Database, base: string, code: string, now: number): Promise<string> {
  const place = await bundlePlace(code);
  const fetched = await fetchFile(db, base, place);
  if (fetched.kind === "gone") throw new WalletError("wrong_code");
  await store(db, toHex(place), code, fetched.file, now);
  return toHex(place);
}

/** Verify a file and write its card, over the one that may be there. Also the way of a backup. */
export async function store(
  db: Database,
  id: string,
  code: string,
  file: Uint8Array,
  now: number,
): Promise<void> {
  const { bundle, holders, leftOut } = await readCard(id, code, file);
  const old = await cardOf(db, id);
  // A host that serves an old file must not take new vouchers away.
  if (old && old.bundle.issued > bundle.issued) return;
  const news = old ? unread(old.news, changes(old.bundle, bundle)) : [];
  const card: Card = {
    id,
    code,
    file,
    bundle,
    leftOut,
    closed: bundle.closed,
    addedAt: old?.addedAt ?? now,
    checkedAt: now,
    news,
  };
  await putCard(db, card, holders);
}

/** Look for a newer file of a card. Any fault leaves the card as it is: only an answer means something. */
export async function refresh(db: Database, base: string, card: Card, now: number): Promise<void> {
  const place = await bundlePlace(card.code);
  const fetched = await fetchFile(db, base, place);
  if (fetched.kind === "gone") {
    const news = card.closed ? card.news : unread(card.news, [{ kind: "closed" }]);
    await amendCard(db, card.id, { closed: true, checkedAt: now, news });
  } else if (equal(fetched.file, card.file)) {
    const back = card.closed && !card.bundle.closed;
    const news = back ? unread(card.news, [{ kind: "reopened" }]) : card.news;
    await amendCard(db, card.id, { closed: card.bundle.closed, checkedAt: now, news });
  } else {
    await store(db, card.id, card.code, fetched.file, now);
  }
}

const KEPT_NEWS = 20;

function unread(news: readonly Change[], more: readonly Change[]): Change[] {
  return [...news, ...more].slice(-KEPT_NEWS);
}
