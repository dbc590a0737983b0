/** The encrypted file of one card: a file of its own, or a part of a pack. */

import { fileName } from "../../voucher/activation.ts";
import { latin1 } from "../../voucher/bytes.ts";
import { MAX_BUNDLE } from "../../voucher/caps.ts";
import { WalletError } from "../core/errors.ts";
import type { Database } from "./database.ts";
import { ask, body, isGone } from "./network.ts";

// Header and tag of the seal around at most MAX_BUNDLE bytes (bundle-v1 §3.2).
const MAX_FILE = MAX_BUNDLE + 64;
const MAGIC = "CJEB1";

export type Fetched = { readonly kind: "file"; readonly file: Uint8Array } | { readonly kind: "gone" };

/**
 * A file of its own counts before a pack (bundle-v1 §3.5).
 *
 * @param place the 16 bytes of the card's place.
 * @throws WalletError `network`, `portal` or `too_big`.
 */
export async function fetchFile(db: Database, base: string, place: Uint8Array): Promise<Fetched> {
  const answer = await ask(db, base + fileName(place), "GET");
  if (isGone(answer)) {
    const { fetchFromPack } = await import("./packs.ts");
    const packed = await fetchFromPack(db, base, place);
    if (packed) return { kind: "file", file: packed };
    // A host that has lost the whole site, or a domain that was sold, must not close anybody's card.
    const page = await ask(db, location.pathname, "HEAD");
    if (!page.ok) throw new WalletError("network");
    return { kind: "gone" };
  }
  if (!answer.ok) throw new WalletError("network");
  if (Number(answer.headers.get("content-length")) > MAX_FILE) throw new WalletError("too_big");
  const file = await body(answer, MAX_FILE);
  if (file.length > MAX_FILE) throw new WalletError("too_big");
  if (latin1(file.subarray(0, 5)) !== MAGIC) throw new WalletError("portal");
  return { kind: "file", file };
}
