/** All that the wallet sends: GET of its own encrypted file, and HEAD of its own page. Each is written down. */

import { fileName } from "../../voucher/activation.ts";
import { concat } from "../../voucher/bytes.ts";
import { MAX_BUNDLE } from "../../voucher/caps.ts";
import { WalletError } from "../core/errors.ts";
import { measured, type Measure } from "../core/clock.ts";
import { keepFact } from "./facts.ts";
import type { Database } from "./database.ts";

const PATIENCE = 20_000;
// Header and tag of the seal around at most MAX_BUNDLE bytes (bundle-v1 §3.2).
const MAX_FILE = MAX_BUNDLE + 64;
const MAGIC = "CJEB1";
const KEPT_REQUESTS = 100;

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
  if (!String.fromCharCode(...file.subarray(0, 5)).startsWith(MAGIC)) throw new WalletError("portal");
  return { kind: "file", file };
}

/** Whether a host says that a file is not there; nothing more of the answer is read then. */
export function isGone(answer: Response): boolean {
  if (answer.status !== 404 && answer.status !== 410) return false;
  void answer.body?.cancel();
  return true;
}

/** The body, read little further than a cap in bytes (an answer need not tell its length). */
export async function body(answer: Response, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = answer.body?.getReader();
  try {
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      chunks.push(next.value);
      size += next.value.length;
      if (size > most) break;
    }
  } catch (cause) {
    throw new WalletError("network", { cause });
  }
  if (size > most) void reader?.cancel();
  return concat(...chunks);
}

/** @throws WalletError `network`. */
export async function ask(
  db: Database,
  url: string,
  method: "GET" | "HEAD",
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { pathname } = new URL(url, document.baseURI);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  const sent = Date.now();
  try {
    const answer = await fetch(url, {
      method,
      headers,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: stop.signal,
    });
    await note(db, sent, `${method} ${pathname}`, String(answer.status));
    await noteClock(db, measured(answer.headers.get("date"), sent, Date.now()));
    return answer;
  } catch (cause) {
    await note(db, sent, `${method} ${pathname}`, "–");
    throw new WalletError("network", { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function noteClock(db: Database, measure: Measure | null): Promise<void> {
  if (measure) await keepFact(db, "clock", measure);
}

async function note(db: Database, sent: number, path: string, answer: string): Promise<void> {
  const transaction = db.transaction("requests", "readwrite");
  const id = await transaction.store.add({ at: Math.floor(sent / 1000), path, answer });
  await Promise.all([transaction.store.delete(IDBKeyRange.upperBound(id - KEPT_REQUESTS)), transaction.done]);
}
