/** Getting one card's file out of a pack by HTTP ranges: its index, then the file. */

import { WalletError } from "../core/errors.ts";
import { indexEnd, isFile, locate, packName } from "../core/pack.ts";
import type { Database } from "./database.ts";
import { ask, body, isGone } from "./network.ts";

/** What TCP sends before its first acknowledgement; the index of 1,165 cards. Larger packs cost one question more. */
const FIRST = 14_000;
/** A host that knows no ranges sends the whole pack: no further than this is read. */
const MOST = 2 * 1024 * 1024;
const TRIES = 2;

/**
 * @param place the 16 bytes of the card's place.
 * @returns null when there is no such pack, or the card is not in it.
 * @throws WalletError `network` or `portal`.
 */
export async function fetchFromPack(
  db: Database,
  base: string,
  place: Uint8Array,
): Promise<Uint8Array | null> {
  const url = base + packName(place);
  for (let left = TRIES; left > 0; left--) {
    const start = await range(db, url, 0, FIRST);
    if (!start) return null;
    const end = indexEnd(start);
    const index = end > start.length ? await range(db, url, 0, end) : start;
    const found = index && locate(index, place);
    if (!found) return null;
    const file =
      found.end <= index.length
        ? index.slice(found.start, found.end)
        : await range(db, url, found.start, found.end);
    // The pack may have been published anew between the two questions.
    if (file && isFile(file, found)) return file;
  }
  throw new WalletError("network");
}

/** Bytes `start` to `end` of a file, or fewer at its end; null when there is none. */
async function range(db: Database, url: string, start: number, end: number): Promise<Uint8Array | null> {
  const answer = await ask(db, url, "GET", { range: `bytes=${start}-${end - 1}` });
  if (isGone(answer)) return null;
  if (answer.status === 206) return (await body(answer, end - start)).slice(0, end - start);
  if (answer.status === 200 && end <= MOST) return (await body(answer, end)).slice(start, end);
  void answer.body?.cancel();
  throw new WalletError("network");
}
