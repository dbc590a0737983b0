/** COSE_Sign (RFC 9052 §4.1) in the one layout of our trust files (trust-v1 §1): several keys, one payload. */

import { ascii, compare, concat, equal, join } from "./bytes.ts";
import { MAX_COSIGNERS } from "./caps.ts";
import { SIGNATURE_SIZE, verify } from "./ed25519.ts";
import { malformed, VoucherError } from "./errors.ts";
import { HEADER_SIZE, Keyring, protectedHeader } from "./keyring.ts";
import { rising } from "./shape.ts";
import { head, readHead } from "./uint.ts";

export const ROOT = "cje-root";
export const TRUST = "cje-trust";
export const PAIRING = "cje-pairing";
export type FileKind = typeof ROOT | typeof TRUST | typeof PAIRING;

const TAG_ARRAY = [0xd8, 0x62, 0x84]; // tag 98, array of 4
const COSIGNER_SIZE = 2 + HEADER_SIZE + 1 + 2 + SIGNATURE_SIZE;

/** `["Signature", body, cosigner, h'', payload]` of RFC 9052 §4.4. */
export function toSign(kind: FileKind, keyId: Uint8Array, payload: Uint8Array): Uint8Array {
  const context = [0x85, 0x69, ...ascii("Signature")];
  return concat(context, bstr(body(kind)), bstr(protectedHeader(keyId)), [0x40], bstr(payload));
}

/** The file from its payload and the signatures of 1..5 kids (4 bytes). Throws `malformed`. */
export function assemble(
  kind: FileKind,
  payload: Uint8Array,
  signatures: readonly { keyId: Uint8Array; signature: Uint8Array }[],
): Uint8Array {
  const rows = signatures
    .map(({ keyId, signature }) => cosigner(protectedHeader(keyId), signature))
    .sort(compare);
  if (!rows.length || rows.length > MAX_COSIGNERS) throw malformed("1 to 5 cosigners");
  if (rows.some((row) => row.length !== COSIGNER_SIZE)) throw malformed("cosigner's length");
  return join([TAG_ARRAY, bstr(body(kind)), [0xa0], bstr(payload), [0x80 + rows.length], ...rows]);
}

/** Which keys may sign, and how many different ones must: 1 ≤ threshold ≤ keys.length ≤ 5. */
export interface Quorum {
  readonly keys: readonly Uint8Array[];
  readonly threshold: number;
}

/** Throws `malformed`: too many keys, or a threshold that they cannot reach. `keys` are distinct already. */
export function quorum(keys: readonly Uint8Array[], threshold: number): Quorum {
  if (keys.length > MAX_COSIGNERS || threshold < 1 || threshold > keys.length) throw malformed("quorum");
  return { keys, threshold };
}

/** A trust file whose signatures have not been checked: no readable field. */
export class CosignedFile {
  /**
   * Returns the payload once the quorum has signed it.
   *
   * Rejects with `unknown_key` (fewer known cosigners than the threshold) or `bad_signature` (a known cosigner's
   * signature does not hold).
   */
  readonly open: (quorum: Quorum) => Promise<Uint8Array>;
  /** Returns the anchor's payload: a build carries it inside itself; nothing else may skip its quorum. */
  readonly vouchedForByTheBuild: () => Uint8Array;

  /** Split a file of the fixed layout. Throws `too_big` (nothing of it is looked at) or `malformed`. */
  constructor(data: Uint8Array, kind: FileKind, cap: number) {
    if (data.length > cap) throw new VoucherError("too_big", `${data.length} bytes, at most ${cap}`);
    const start = concat(TAG_ARRAY, bstr(body(kind)), [0xa0]);
    if (!equal(data.subarray(0, start.length), start)) throw malformed("trust file: kind or layout");
    const [payload, rest] = readBstr(data.slice(start.length));
    const cosigners = readCosigners(rest);

    this.vouchedForByTheBuild = () => payload;
    this.open = async ({ keys, threshold }) => {
      const keyring = await Keyring.of(keys);
      let count = 0;
      for (const { header, signature } of cosigners) {
        const key = known(keyring, header);
        if (!key) continue;
        if (!(await verify(key, toSign(kind, header.subarray(-4), payload), signature))) {
          throw new VoucherError("bad_signature", "trust file: a cosigner's signature does not hold");
        }
        count++;
      }
      if (count < threshold)
        throw new VoucherError("unknown_key", "trust file: not enough trusted signatures");
      return payload;
    };
  }
}

interface Cosigner {
  readonly header: Uint8Array;
  readonly signature: Uint8Array;
}

function known(keyring: Keyring, header: Uint8Array): Uint8Array | null {
  try {
    return keyring.find(header);
  } catch {
    return null;
  }
}

/** The body's protected header `{16: kind}` (typ, RFC 9596), so that one kind of file is never another. */
function body(kind: FileKind): Uint8Array {
  return concat([0xa1, 0x10, 0x60 + kind.length], ascii(kind));
}

function cosigner(header: Uint8Array, signature: Uint8Array): Uint8Array {
  return concat([0x83, 0x40 + HEADER_SIZE], header, [0xa0, 0x58, 0x40], signature);
}

function readCosigners(data: Uint8Array): Cosigner[] {
  const count = (data[0] ?? 0) - 0x80;
  if (count < 1 || count > MAX_COSIGNERS || data.length !== 1 + count * COSIGNER_SIZE) {
    throw malformed("trust file: cosigners");
  }
  const found: Cosigner[] = [];
  for (let at = 1; at < data.length; at += COSIGNER_SIZE) {
    const row = data.subarray(at, at + COSIGNER_SIZE);
    const header = row.subarray(2, 2 + HEADER_SIZE);
    const signature = row.subarray(-SIGNATURE_SIZE);
    const expected = cosigner(protectedHeader(header.subarray(-4)), signature);
    if (!equal(row, expected)) throw malformed("trust file: cosigner's layout");
    found.push({ header, signature });
  }
  if (!rising(found, (a, b) => compare(a.header, b.header))) throw malformed("trust file: cosigners' order");
  return found;
}

function bstr(data: Uint8Array): Uint8Array {
  return concat(head(2, data.length), data);
}

function readBstr(data: Uint8Array): [Uint8Array, Uint8Array] {
  const { value: size, end } = readHead(data, 0, 4);
  if (data[0]! >> 5 !== 2 || end + size > data.length) throw malformed("trust file: payload");
  return [data.subarray(end, end + size), data.subarray(end + size)];
}
