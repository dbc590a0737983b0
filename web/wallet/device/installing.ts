/** The browser's own offer to put the app on the home screen, kept until a good moment. */

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

let kept: InstallPrompt | null = null;
let tell: () => void = () => undefined;

export function listenForInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    kept = event as InstallPrompt;
    tell();
  });
  addEventListener("appinstalled", () => {
    kept = null;
    tell();
  });
}

export type Installing = "can" | "by_hand" | "no";

/** `by_hand`: Safari on iPhone and iPad, which has a menu for it and no way for a page to open it. */
export function installing(): Installing {
  if (matchMedia("(display-mode: standalone)").matches) return "no";
  if (kept) return "can";
  return "standalone" in navigator && navigator.maxTouchPoints > 0 ? "by_hand" : "no";
}

export function onInstalling(change: () => void): void {
  tell = change;
}

export async function install(): Promise<void> {
  await kept?.prompt();
  kept = null;
  tell();
}
