import { scriptUrl } from "./trusted.ts";

/**
 * Register a service worker and hear of updates.
 *
 * @param path from the site's root (`data-base`): "sw.js", or "caisse/sw.js" for the till.
 * @param offer called when a whole new version waits; calling its argument installs it and reloads this page.
 */
export async function keepOffline(path: string, offer: (replace: () => void) => void): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const base = document.body.dataset["base"] ?? "./";
  const registration = await navigator.serviceWorker.register(scriptUrl(base + path), {
    updateViaCache: "none",
  });
  const propose = (): void => {
    const { waiting, active } = registration;
    // Without one at work this is the first; the page may still be controlled by the site's own.
    if (!waiting || !active) return;
    offer(() => {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      waiting.postMessage("replace");
    });
  };
  propose();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", propose);
  });
}
