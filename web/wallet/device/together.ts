/** Several tabs of one wallet: what one changes, the others show. */

export function together(tell: () => void): { changed(): void; relocked(): void; close(): void } {
  if (!("BroadcastChannel" in globalThis)) return { changed() {}, relocked() {}, close() {} };
  const channel = new BroadcastChannel("cje-wallet");
  channel.onmessage = ({ data }) => {
    // What this tab has in memory is under another PIN now.
    if (data === "relocked") location.reload();
    else tell();
  };
  return {
    changed: () => channel.postMessage("changed"),
    relocked: () => channel.postMessage("relocked"),
    close: () => channel.close(),
  };
}
