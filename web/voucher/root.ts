/** The root file: who may sign trust lists, and who may sign the next root (trust-v1 §2). */

import { compare, equal } from "./bytes.ts";
import { MAX_ROOT, MAX_TIME, MIN_TIME } from "./caps.ts";
import * as cbor from "./cbor.ts";
import type { Value } from "./cbor.ts";
import * as cosign from "./cosign.ts";
import { CosignedFile, quorum, type Quorum } from "./cosign.ts";
import { checkKey, kid } from "./ed25519.ts";
import { malformed } from "./errors.ts";
import { Fields, rising } from "./shape.ts";

/** One version of the root of trust. */
export interface Root {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  /** Seconds since 1970; afterwards it verifies its successor and nothing else. */
  readonly expires: number;
  /** Who signs the next root. */
  readonly root: Quorum;
  /** Who signs trust lists. No key is in both. */
  readonly trust: Quorum;
  /** Keys made for trying; a till built for real refuses them. */
  readonly demo: boolean;
  /** Name shown to people, 1..80 characters. */
  readonly operator: string;
}

/** The payload that the root keys sign. */
export function encodeRoot(root: Root): Uint8Array {
  const sorted = (keys: readonly Uint8Array[]): Value => [...keys].sort(compare);
  return cbor.dumps(
    new Map<number, Value>([
      [1, root.version],
      [2, root.expires],
      [3, root.root.threshold],
      [4, sorted(root.root.keys)],
      [5, root.trust.threshold],
      [6, sorted(root.trust.keys)],
      [7, root.demo],
      [8, root.operator],
    ]),
  );
}

/** What one root key signs. */
export async function signingInput(payload: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
  return cosign.toSign(cosign.ROOT, await kid(publicKey), payload);
}

/** The root file from the signatures by public key. */
export async function assemble(
  payload: Uint8Array,
  signatures: readonly { key: Uint8Array; signature: Uint8Array }[],
): Promise<Uint8Array> {
  const rows = signatures.map(async ({ key, signature }) => ({ keyId: await kid(key), signature }));
  return cosign.assemble(cosign.ROOT, payload, await Promise.all(rows));
}

/**
 * Read the root compiled into a build: it is trusted as it is, and must still be signed by itself.
 *
 * Rejects with `too_big`, `malformed`, `unknown_key`, `bad_signature`, `bad_key` or `update_app`.
 */
export async function decodeAnchor(data: Uint8Array): Promise<Root> {
  const file = new CosignedFile(data, cosign.ROOT, MAX_ROOT);
  const anchor = await read(file.vouchedForByTheBuild());
  await file.open(anchor.root);
  return anchor;
}

/** Verify and read root N+1 with the quorums of N and of itself (trust-v1 §2.1). Rejects as `decodeAnchor` does. */
export async function decodeSuccessor(data: Uint8Array, current: Root): Promise<Root> {
  const file = new CosignedFile(data, cosign.ROOT, MAX_ROOT);
  const successor = await read(await file.open(current.root));
  await file.open(successor.root);
  if (successor.version !== current.version + 1 || successor.demo !== current.demo) {
    throw malformed("root: not the successor");
  }
  return successor;
}

async function read(payload: Uint8Array): Promise<Root> {
  const fields = new Fields(cbor.loads(payload), 8);
  const rootKeys = await keysOf(fields.datas(4));
  const trustKeys = await keysOf(fields.datas(6));
  if (rootKeys.some((key) => trustKeys.some((other) => equal(key, other)))) {
    throw malformed("root: one key in two roles");
  }
  return {
    version: fields.integer(1, 1, MAX_TIME),
    expires: fields.integer(2, MIN_TIME, MAX_TIME),
    root: quorum(rootKeys, fields.integer(3, 1, 5)),
    trust: quorum(trustKeys, fields.integer(5, 1, 5)),
    demo: fields.boolean(7),
    operator: fields.text(8, 1, 80),
  };
}

async function keysOf(keys: Uint8Array[]): Promise<Uint8Array[]> {
  if (!rising(keys, compare)) throw malformed("root: keys not sorted and distinct");
  for (const key of keys) await checkKey(key);
  return keys;
}
