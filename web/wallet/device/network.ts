/** All that the wallet sends: GET of its own encrypted file, and HEAD of its own page. Each is written down. */

import { join } from "../../voucher/bytes.ts";
import { WalletError } from "../core/errors.ts";
import { measured, type Measure } from "../core/clock.ts";
import { keepFact } from "./facts.ts";
import type { Database } from "./database.ts";

const PATIENCE = 20_000;
const KEPT_REQUESTS = 100;

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
  return join(chunks);
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
