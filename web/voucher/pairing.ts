/** What makes a device a till of one partner: its name, and the key of its short codes (trust-v1 §8). */

import * as base45 from "./base45.ts";
import { MAX_PAIRING, MAX_PAIRING_TEXT, MAX_TIME, MIN_TIME } from "./caps.ts";
import * as cbor from "./cbor.ts";
import * as cosign from "./cosign.ts";
import { malformed, VoucherError } from "./errors.ts";
import type { Root } from "./root.ts";
import { Fields, isLonger } from "./shape.ts";
import { KEY_SIZE } from "./shortCode.ts";

export const PREFIX = "CJS1:";

/** One partner's pairing. Secret: whoever has it can make this partner's short codes. */
export interface Pairing {
  /** Seconds since 1970. */
  readonly issued: number;
  readonly demo: boolean;
  readonly partner: string;
  readonly partnerName: string;
  /** 32 bytes (voucher-v1 §6). */
  readonly shortKey: Uint8Array;
}

/**
 * Verify a pairing under a root's trust quorum, then read it.
 *
 * Rejects with `not_ours`, `malformed`, `too_big`, `unknown_key`, `bad_signature` or `update_app`: the first check
 * that fails.
 */
export async function decodePairing(text: string, root: Root): Promise<Pairing> {
  if (!text.startsWith(PREFIX)) throw new VoucherError("not_ours", "not a pairing");
  if (isLonger(text, MAX_PAIRING_TEXT)) throw malformed("text over its cap");
  const data = base45.decode(text.slice(PREFIX.length));
  const payload = await new cosign.CosignedFile(data, cosign.PAIRING, MAX_PAIRING).open(root.trust);
  const fields = new Fields(cbor.loads(payload), 5);
  return {
    issued: fields.integer(1, MIN_TIME, MAX_TIME),
    demo: fields.boolean(2),
    partner: fields.slug(3),
    partnerName: fields.text(4, 1, 80),
    shortKey: fields.data(5, KEY_SIZE, KEY_SIZE),
  };
}
