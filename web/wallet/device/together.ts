/** Several tabs of one wallet: what one changes, the others show. */

export function together(tell: () => void): { changed(): void; close(): void } {
  if (!("BroadcastChannel" in globalThis)) return { changed() {}, close() {} };
  const channel = new BroadcastChannel("cje-wallet");
  channel.onmessage = tell;
  return { changed: () => channel.postMessage("changed"), close: () => channel.close() };
}
