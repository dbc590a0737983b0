/** The table of trusted keys, looked up by a whole protected header so that no algorithm is ever parsed. */

import { concat, equal, toHex } from "./bytes.ts";
import { kid } from "./ed25519.ts";
import { VoucherError } from "./errors.ts";

const HEADER = [0xa2, 0x01, 0x32, 0x04, 0x44]; // {1: -19, 4: bytes of length 4}
export const HEADER_SIZE = HEADER.length + 4;

/** The 9 bytes of `{1: -19, 4: kid}` (voucher-v1 §2; -19 is Ed25519, RFC 9864). */
export function protectedHeader(keyId: Uint8Array): Uint8Array {
  return concat(HEADER, keyId);
}

/** Public keys by protected header. Two keys with one kid are never both trusted. */
export class Keyring {
  private constructor(private readonly keys: ReadonlyMap<string, Uint8Array>) {}

  /** Take 32-byte public keys that `checkKey` has passed. Rejects with `bad_key`: two different keys share a kid. */
  static async of(keys: Iterable<Uint8Array>): Promise<Keyring> {
    const table = new Map<string, Uint8Array>();
    for (const key of keys) {
      const header = toHex(protectedHeader(await kid(key)));
      if (!equal(table.get(header) ?? key, key)) throw new VoucherError("bad_key", "two keys with one kid");
      table.set(header, key);
    }
    return new Keyring(table);
  }

  /** The public key of a whole protected header. Throws `unknown_key`. */
  find(header: Uint8Array): Uint8Array {
    const key = this.keys.get(toHex(header));
    if (!key) throw new VoucherError("unknown_key", "the signing key is not in the trust list");
    return key;
  }
}
