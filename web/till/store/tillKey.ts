import { fromSeed, hasEd25519, type Secret } from "../../voucher/ed25519.ts";

/** The till's own key: it signs exports, nothing else, and never leaves this browser. */
export interface TillKey {
  readonly publicKey: Uint8Array;
  readonly secret: Secret;
}

// WebKitGTK fails for about one key in a hundred.
const TRIES = 5;

/** Draw a key that cannot be read back; on a browser whose WebCrypto lacks Ed25519, a seed instead. */
export async function makeTillKey(): Promise<TillKey> {
  if (!(await hasEd25519())) return fromSeed(crypto.getRandomValues(new Uint8Array(32)));
  for (let left = TRIES - 1; ; left--) {
    try {
      const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
      const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
      return { publicKey, secret: pair.privateKey };
    } catch (failure) {
      if (left === 0) throw failure;
    }
  }
}
