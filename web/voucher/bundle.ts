/** What the encrypted file of one card holds, and opening it: bundle-v1 §3 and §4. */

import { ascii, compare, concat, equal } from "./bytes.ts";
import { bundleKey, bundlePlace } from "./activation.ts";
import { BUNDLE_STEP, MAX_BUNDLE, MAX_OFFER, MAX_SHORT_CODES, MAX_TIME, MAX_USES, MIN_TIME } from "./caps.ts";
import * as cbor from "./cbor.ts";
import type { Value } from "./cbor.ts";
import { Period } from "./claims.ts";
import { malformed, VoucherError } from "./errors.ts";
import { Fields, rising } from "./shape.ts";

const MAGIC = ascii("CJEB1");
const NONCE_SIZE = 12;
const TAG_SIZE = 16;
const OVERHEAD = MAGIC.length + NONCE_SIZE + TAG_SIZE;

export const WAYS = ["voucher", "code", "link", "barcode", "card"] as const;
export const CHANNELS = ["online", "store", "both"] as const;
export type Way = (typeof WAYS)[number];
export type Channel = (typeof CHANNELS)[number];

/** One offer in a card, with all that the phone must show of it offline. Times in seconds, money in cents. */
export interface Entry {
  readonly offer: number;
  readonly title: string;
  readonly partner: string;
  readonly category: string;
  readonly way: Way;
  readonly conditions: readonly string[];
  readonly notAllowed: readonly string[];
  readonly steps: readonly string[];
  readonly validFrom: number;
  readonly validUntil: number;
  readonly uses: number;
  readonly period: Period;
  readonly headline: string;
  readonly saving: number | null;
  /** There for the way "link". */
  readonly url: string | null;
  /** There for the way "voucher": a CJE1 object. */
  readonly voucher: Uint8Array | null;
  /** There for the ways "code" and "barcode". */
  readonly code: string | null;
  readonly symbology: string | null;
  readonly channel: Channel;
  readonly slug: string;
  readonly colour: string | null;
  /** One for the ISO week of the card's issue, one for each week after it; often none (bundle-v1 §4.3). */
  readonly shortCodes: readonly string[];
  /** A bearer voucher of the same id as `voucher`, to be printed (bundle-v1 §4.4). */
  readonly paper: Uint8Array | null;
}

/** One person's card. */
export interface Bundle {
  readonly issued: number;
  readonly expires: number;
  readonly firstName: string | null;
  readonly programme: string;
  readonly operator: string;
  readonly demo: boolean;
  readonly entries: readonly Entry[];
  readonly keys: readonly Uint8Array[];
  readonly closed: boolean;
  readonly note: string | null;
}

/**
 * Open and read a card's file with its canonical code.
 *
 * Rejects with `too_big` (nothing of it is looked at), `malformed` (not a bundle), `bad_signature` (another code's, or
 * damaged), `update_app` (a newer version).
 */
export async function openBundle(file: Uint8Array, code: string): Promise<Bundle> {
  if (file.length > MAX_BUNDLE + OVERHEAD) throw new VoucherError("too_big", "bundle file over its cap");
  if (file.length < OVERHEAD || !equal(file.subarray(0, MAGIC.length), MAGIC)) throw malformed("bundle file");
  const iv = file.slice(MAGIC.length, MAGIC.length + NONCE_SIZE);
  const sealed = file.slice(MAGIC.length + NONCE_SIZE);
  const additionalData = concat(MAGIC, await bundlePlace(code));
  const key = await crypto.subtle.importKey(
    "raw",
    (await bundleKey(code)) as BufferSource,
    "AES-GCM",
    false,
    ["decrypt"],
  );
  const algorithm = { name: "AES-GCM", iv, additionalData: additionalData as BufferSource };
  const padded = await crypto.subtle.decrypt(algorithm, key, sealed).catch(() => {
    throw new VoucherError("bad_signature", "the seal does not hold");
  });
  return decodeBundle(unpad(new Uint8Array(padded)));
}

/** Read the content of a file whose seal holds. Throws `update_app` (a newer version) or `malformed`. */
export function decodeBundle(content: Uint8Array): Bundle {
  const value = cbor.loads(content);
  const version = value instanceof Map ? value.get(1) : null;
  if (typeof version === "number" && version !== 1) throw new VoucherError("update_app", "bundle's version");
  const fields = new Fields(value, 11);
  fields.integer(1, 1, 1);
  const bundle: Bundle = {
    issued: fields.integer(2, MIN_TIME, MAX_TIME),
    expires: fields.integer(3, MIN_TIME, MAX_TIME),
    firstName: fields.optionalText(4, 40),
    programme: fields.text(5, 0, 120),
    operator: fields.text(6, 1, 80),
    demo: fields.boolean(7),
    entries: fields.items(8).map(readEntry),
    keys: fields.datas(9),
    closed: fields.integer(10, 0, 1) === 1,
    note: fields.optionalText(11, 500),
  };
  check(bundle);
  return bundle;
}

/** The content of padded bytes. Throws `malformed`: not zeros to a multiple of 1,024 bytes (bundle-v1 §3.2). */
export function unpad(padded: Uint8Array): Uint8Array {
  const size = padded.slice(0, 4).reduce((value, byte) => value * 256 + byte, 0);
  const length = Math.ceil((4 + size) / BUNDLE_STEP) * BUNDLE_STEP;
  const content = padded.slice(4, 4 + size);
  const zeros = padded.subarray(4 + size).every((byte) => byte === 0);
  if (padded.length !== length || length > MAX_BUNDLE || !zeros) throw malformed("bundle: padding");
  return content;
}

function check(bundle: Bundle): void {
  const inOrder = bundle.entries.every((entry, i) => i === 0 || bundle.entries[i - 1]!.offer <= entry.offer);
  if (!inOrder || !rising(bundle.keys, compare)) throw malformed("bundle: not sorted");
  if (bundle.keys.some((key) => key.length !== 32)) throw malformed("bundle: key");
  if (bundle.closed && bundle.entries.length) throw malformed("bundle: closed with entries");
}

function readEntry(item: Value): Entry {
  const fields = new Fields(item, 21, 23);
  return {
    offer: fields.integer(1, 1, MAX_OFFER),
    title: fields.text(2, 1, 120),
    partner: fields.text(3, 1, 80),
    category: fields.text(4, 1, 60),
    way: fields.oneOf(5, WAYS),
    conditions: fields.texts(6),
    notAllowed: fields.texts(7),
    steps: fields.texts(8),
    validFrom: fields.integer(9, MIN_TIME, MAX_TIME),
    validUntil: fields.integer(10, MIN_TIME, MAX_TIME),
    uses: fields.integer(11, 0, MAX_USES),
    period: fields.integer(12, 0, Period.MONTH) as Period,
    headline: fields.text(13, 0, 40),
    saving: fields.optionalInteger(14, 0, MAX_TIME),
    url: fields.optionalText(15, 2000),
    voucher: fields.optionalData(16, 340),
    code: fields.optionalText(17, 120),
    symbology: fields.optionalText(18, 20),
    channel: fields.oneOf(19, CHANNELS),
    slug: fields.text(20, 1, 60),
    colour: fields.optionalText(21, 7),
    shortCodes: fields.has(22) ? shortCodes(fields.texts(22)) : [],
    paper: fields.has(23) ? fields.data(23, 1, 340) : null,
  };
}

/** Never empty: a list of none and no list would be two forms of one content. */
function shortCodes(codes: string[]): string[] {
  const wellFormed = codes.every((code) => /^[0-9A-HJKMNP-TV-Z]{12}$/.test(code));
  if (codes.length < 1 || codes.length > MAX_SHORT_CODES || !wellFormed)
    throw malformed("bundle: short codes");
  return codes;
}
