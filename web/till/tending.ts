import { keepOffline } from "../ui/worker.ts";
import type { Till } from "./till.ts";

const REFRESH_MS = 6 * 3600 * 1000;

/**
 * What a till does by itself while it is open: keep its files, its list and its screen.
 *
 * @param changed called when the trust list may have changed.
 * @param update called when a new version waits; its argument installs it.
 * @returns what ends it.
 */
export function tend(
  till: Till,
  base: string,
  changed: () => void,
  update: (replace: () => void) => void,
): () => void {
  let asked = 0;
  const refresh = (): void => {
    if (!navigator.onLine || performance.now() - asked < (asked && REFRESH_MS)) return;
    asked = performance.now();
    // In the background and never waited for: deciding needs no network.
    till.refresh(base).then(changed, () => undefined);
  };
  const shown = (): void => {
    if (document.visibilityState === "hidden") return;
    void stayAwake();
    refresh();
  };
  keepOffline("caisse/sw.js", update).catch(() => undefined);
  shown();
  addEventListener("online", refresh);
  document.addEventListener("visibilitychange", shown);
  return () => {
    removeEventListener("online", refresh);
    document.removeEventListener("visibilitychange", shown);
  };
}

/** A till that has fallen asleep costs the next customer's ten seconds; the lock ends by itself when the page is hidden. */
async function stayAwake(): Promise<void> {
  const { wakeLock } = navigator as { wakeLock?: { request(type: "screen"): Promise<unknown> } };
  await wakeLock?.request("screen").catch(() => undefined);
}
