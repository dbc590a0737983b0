/**
 * The kill switch: published in place of both workers by `cje site build --no-offline`. A browser that asks for
 * its worker's next version finds this one; it gives the pages back to the network and leaves. What a person
 * keeps (card, favourites, journal) is not in these caches and stays.
 */

export {};

const worker = self as unknown as ServiceWorkerGlobalScope;

async function leave(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith("CJE_FAMILY-"));
  for (const name of names) await caches.delete(name);
  await worker.registration.unregister();
  // Only pages that came from a cache are loaded again: a page of the network would be for ever.
  if (names.length === 0) return;
  for (const page of await worker.clients.matchAll({ type: "window" })) {
    await page.navigate(page.url.split("#")[0]!).catch(() => undefined);
  }
}

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(leave()));
