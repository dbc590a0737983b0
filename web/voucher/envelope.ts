/**
 * COSE_Sign1 (RFC 9052 §4.2) in the one layout that is ours: voucher-v1 §2.1 and §4.1.
 *
 * An `Envelope` has no readable field: the only way to its payload is `openWith`, which verifies first.
 */

import { ascii, concat, equal } from "./bytes.ts";
import { SIGNATURE_SIZE, verify } from "./ed25519.ts";
import { malformed, VoucherError } from "./errors.ts";
import { HEADER_SIZE, type Keyring } from "./keyring.ts";

export const MIN_PAYLOAD = 24; // below it CBOR writes the length in the first byte
export const MAX_PAYLOAD = 255;

/** `["Signature1", header, h'', payload]` (RFC 9052 §4.4) for a payload of 24..255 bytes. */
export function toSign(header: Uint8Array, payload: Uint8Array): Uint8Array {
  const context = [0x84, 0x6a, ...ascii("Signature1"), 0x40 + header.length];
  return concat(context, header, [0x40, 0x58, payload.length], payload);
}

/** The object's bytes. Throws `malformed`: a payload or signature of a length that the layout cannot hold. */
export function assemble(header: Uint8Array, payload: Uint8Array, signature: Uint8Array): Uint8Array {
  if (payload.length < MIN_PAYLOAD || payload.length > MAX_PAYLOAD || signature.length !== SIGNATURE_SIZE) {
    throw malformed("envelope: length");
  }
  return concat(
    fixedHead(header.length),
    header,
    [0xa0, 0x58, payload.length],
    payload,
    [0x58, 0x40],
    signature,
  );
}

/** An object whose signature has not been checked. */
export class Envelope {
  /** Returns the public key and the payload once the signature holds under a trusted key. */
  readonly open: (keyring: Keyring) => Promise<{ key: Uint8Array; payload: Uint8Array }>;
  /** Returns the payload once the header is exactly `header` and the signature holds under `key`. */
  readonly openWith: (key: Uint8Array, header: Uint8Array) => Promise<Uint8Array>;

  /** Split bytes of the fixed layout; `headerSize` is 9 for a voucher, 3 for a presentation. Throws `malformed`. */
  constructor(data: Uint8Array, headerSize = HEADER_SIZE) {
    const start = 3 + headerSize;
    const size = data[start + 2] ?? 0;
    const end = start + 3 + size;
    const found = concat(data.subarray(0, 3), data.subarray(start, start + 2), data.subarray(end, end + 2));
    const fixed = concat(fixedHead(headerSize), [0xa0, 0x58, 0x58, 0x40]);
    if (size < MIN_PAYLOAD || data.length !== end + 2 + SIGNATURE_SIZE || !equal(found, fixed)) {
      throw malformed("envelope: layout");
    }
    const ownHeader = data.slice(3, start);
    const payload = data.slice(start + 3, end);
    const signature = data.slice(end + 2);

    this.openWith = async (key, header) => {
      if (!equal(ownHeader, header)) throw malformed("envelope: header");
      if (!(await verify(key, toSign(header, payload), signature))) {
        throw new VoucherError("bad_signature", "the signature does not hold");
      }
      return payload;
    };
    this.open = async (keyring) => {
      const key = keyring.find(ownHeader);
      return { key, payload: await this.openWith(key, ownHeader) };
    };
  }
}

/** Tag 18, array of 4, the head of a short byte string. */
function fixedHead(headerSize: number): Uint8Array {
  return Uint8Array.of(0xd2, 0x84, 0x40 + headerSize);
}
