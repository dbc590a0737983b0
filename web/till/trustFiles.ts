import { MAX_ROOT, MAX_TRUST } from "../voucher/caps.ts";
import type { Outcome, TrustStore } from "../verifier/trustStore.ts";

/** What `trust/index.json` says. It is not signed and decides nothing: a list of doors, not of keys. */
export interface TrustIndex {
  readonly partners: readonly { readonly slug: string; readonly name: string }[];
  /** Newest root version that the site publishes. */
  readonly root: number;
}

/** The site could not be asked: no network, no such file, or a file over its cap. */
export class Unreachable extends Error {
  constructor(readonly path: string) {
    super(path);
    this.name = "Unreachable";
  }
}

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MAX_INDEX = 256 * 1024;
const MAX_ROOTS_A_TIME = 64;
const PATIENCE_MS = 15_000;

/** Partners to choose from, in the alphabet's order. */
export async function fetchIndex(base: string): Promise<TrustIndex> {
  const url = `${base}trust/index.json`;
  const data = parsed(await download(url, MAX_INDEX), url);
  const partners = (Array.isArray(data?.partners) ? data.partners : []).filter(isPartner);
  partners.sort((a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name, "fr"));
  return { partners, root: Number(data?.root) || 0 };
}

/** A sign-in page of the shop's network, for one, answers every address with its own HTML. */
function parsed(file: Uint8Array, url: string): { partners?: unknown; root?: unknown } | null {
  try {
    return JSON.parse(new TextDecoder().decode(file));
  } catch {
    throw new Unreachable(url);
  }
}

function isPartner(item: unknown): item is TrustIndex["partners"][number] {
  const { slug, name } = (item ?? {}) as Record<string, unknown>;
  return typeof slug === "string" && SLUG.test(slug) && typeof name === "string";
}

/** Walk the roots one by one to the newest that the site publishes. Rejects with Unreachable; `now` in seconds. */
export async function walkRoots(
  store: TrustStore,
  base: string,
  now: number,
): Promise<[TrustStore, Outcome]> {
  const { root } = await fetchIndex(base);
  let current = store;
  for (let left = MAX_ROOTS_A_TIME; left > 0 && current.root.version < root; left--) {
    const file = await download(`${base}trust/root.${current.root.version + 1}.cbor`, MAX_ROOT);
    const [grown, outcome] = await current.take(file, now);
    if (outcome !== "installed") return [grown, outcome];
    current = grown;
  }
  return [current, "installed"];
}

/** Walk the roots, then take the partner's list. Rejects with Unreachable; `now` in seconds. */
export async function refresh(store: TrustStore, base: string, now: number): Promise<[TrustStore, Outcome]> {
  const [current, walked] = await walkRoots(store, base, now);
  if (walked !== "installed") return [current, walked];
  const [grown, outcome] = await current.take(
    await download(`${base}trust/${store.partner}.cbor`, MAX_TRUST),
    now,
  );
  return [grown, outcome];
}

/** At most `cap` bytes: an endless answer is dropped unread (P10). */
async function download(url: string, cap: number): Promise<Uint8Array> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(url, { cache: "no-cache", signal: stop.signal });
    if (!answer.ok || !answer.body) throw new Unreachable(url);
    const reader = answer.body.getReader();
    const chunks: Uint8Array[] = [];
    for (let size = 0; ;) {
      const { done, value } = await reader.read();
      if (done) return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
      chunks.push(value);
      size += value.length;
      if (size > cap) throw new Unreachable(url);
    }
  } catch {
    stop.abort();
    throw new Unreachable(url);
  } finally {
    clearTimeout(timer);
  }
}
