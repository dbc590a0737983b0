/**
 * One source, two workers: /sw.js keeps site and wallet, /caisse/sw.js keeps the till. site_builder replaces the
 * three names below. A version is installed whole or not at all (promise P27): the list of files is checked by
 * its hash, each file by the hash in the list, and the list itself is stored last.
 */

interface List {
  files: Record<string, string>;
  /** Start of an address → the page that says that there is no network; the first that fits. */
  fallback: [string, string][];
  /** The name of BUILT, where the site has one. */
  built?: string;
}

const VERSION = "CJE_VERSION";
const INTEGRITY = "CJE_INTEGRITY";
const FAMILY = "CJE_FAMILY";
// Enough to hide latency, few enough not to starve the page that the person is reading.
const AT_ONCE = 4;
// Says of a day which version was right on it. In no list: it changes with each build, and a version may not.
const BUILT = "built.json";
// Milliseconds that a page waits for the network to say so.
const PATIENCE = 2_000;

const worker = self as unknown as ServiceWorkerGlobalScope;
const mine = `${FAMILY}-${VERSION}`;
const at = (path: string): string => new URL(path, worker.registration.scope).href;
const isList = (url: string): boolean => /\/precache-\w+\.json$/.test(url);

/** Files of complete earlier versions, by content hash: what has not changed is copied, not fetched. */
async function earlier(): Promise<Map<string, Response>> {
  const copies = new Map<string, Response>();
  for (const name of await caches.keys()) {
    if (name === mine || !name.startsWith(`${FAMILY}-`)) continue;
    const cache = await caches.open(name);
    const key = (await cache.keys()).find(({ url }) => isList(url));
    const list = key && ((await (await cache.match(key))!.json()) as List);
    for (const [path, hash] of Object.entries(list ? list.files : {})) {
      const copy = await cache.match(at(path));
      if (copy) copies.set(hash, copy);
    }
  }
  return copies;
}

async function fetched(url: string, integrity = ""): Promise<Response> {
  const answer = await fetch(url, { cache: "no-cache", integrity });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer;
}

async function install(): Promise<void> {
  const address = at(`precache-${VERSION}.json`);
  const answer = await fetched(address, INTEGRITY);
  const { files, built } = (await answer.clone().json()) as List;
  const cache = await caches.open(mine);
  const copies = await earlier();
  const queue = Object.entries(files);
  const drain = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [path, hash] = next;
      // An install that was interrupted goes on where it stopped.
      if (await cache.match(at(path))) continue;
      await cache.put(at(path), copies.get(hash)?.clone() ?? (await fetched(at(path), hash)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drain));
  // Where the site has moved on meanwhile, the day is no longer that of these files: then nothing is said of it.
  const said = built && (await fetched(at(built)));
  if (said && (await day(said))) await cache.put(at(built), said);
  await cache.put(address, answer);
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name !== mine && name.startsWith(`${FAMILY}-`)) await caches.delete(name);
  }
  await worker.clients.claim();
}

async function offline(cache: Cache, url: string): Promise<Response | undefined> {
  if (await cache.match(`${url}/`)) return Response.redirect(`${url}/`);
  const key = (await cache.keys()).find((request) => isList(request.url));
  const list = key && ((await (await cache.match(key))!.json()) as List);
  const fit = list && list.fallback.find(([start]) => url.startsWith(at(start)));
  // A redirect and not the page itself: its relative addresses only fit its own folder.
  return fit && Response.redirect(`${at(fit[1])}#${new URL(url).pathname}`);
}

/** The day that an answer to BUILT says, when it is of the files that we keep. */
async function day(answer: Response): Promise<string | undefined> {
  const told = (await answer.clone().json()) as { day: string; version: string };
  return told.version === VERSION ? told.day : undefined;
}

/** The last day on which what we keep was what the site publishes. Asked of the network once a day. */
async function built(cache: Cache, kept = new Response("{}")): Promise<Response> {
  if (((await day(kept)) ?? "") >= new Date().toISOString().slice(0, 10)) return kept;
  const asked = async (): Promise<Response> => {
    const answer = await fetched(at(BUILT));
    // The site may have moved on, and what we keep has not.
    if (!(await day(answer))) return kept;
    await cache.put(at(BUILT), answer.clone());
    return answer;
  };
  const tired = new Promise<Response>((done) => setTimeout(done, PATIENCE, kept));
  return Promise.race([asked().catch(() => kept), tired]);
}

async function reply(request: Request): Promise<Response> {
  const cache = await caches.open(mine);
  const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  if (request.url === at(BUILT)) return built(cache, kept);
  if (kept) return kept;
  try {
    return await fetch(request);
  } catch (failure) {
    const page = request.mode === "navigate" && (await offline(cache, request.url.split(/[?#]/)[0]!));
    if (page) return page;
    throw failure;
  }
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(location.origin)) event.respondWith(reply(event.request));
});
// The page asks, after the person has said yes: an update is offered, never forced.
worker.addEventListener("message", ({ data }: ExtendableMessageEvent) => {
  if (data === "replace") void worker.skipWaiting();
});
