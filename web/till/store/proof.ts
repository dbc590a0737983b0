import { concat, equal, latin1 } from "../../voucher/bytes.ts";
import { type Claims, decodeVoucher } from "../../voucher/claims.ts";
import { kid } from "../../voucher/ed25519.ts";
import { VoucherError } from "../../voucher/errors.ts";
import type { Row } from "../../voucher/journal.ts";
import type { Keyring } from "../../voucher/keyring.ts";
import { decodePresentation } from "../../voucher/presentation.ts";
import { decode, LENGTH, tagOf } from "../../voucher/shortCode.ts";

/** Verdict of a row whose voucher was typed. */
export const TYPED_ROW = "short_code";

/** What an accepted row's voucher says, once its evidence shows that it was presented; else null. */
export async function prove(row: Row, keyring: Keyring): Promise<Claims | null> {
  if (!row.evidence || !row.kid || !row.cti || row.seq === null) return null;
  try {
    // A presentation's header has three bytes, a voucher's nine.
    const shown = row.evidence[2] === 0x43 ? await decodePresentation(row.evidence, keyring) : null;
    const voucher = shown ? shown.voucher : await decodeVoucher(row.evidence, keyring);
    const { claims } = voucher;
    if (!shown && claims.holder) return null; // a holder's voucher without the holder's proof
    const named = concat(row.kid, row.cti);
    const same = equal(named, concat(await kid(voucher.key), claims.cti)) && claims.offer === row.offer;
    return same && (!shown || shown.seq === row.seq) ? claims : null;
  } catch (fault) {
    if (fault instanceof VoucherError) return null;
    throw fault;
  }
}

/** The tag of an accepted row that was typed, once its code holds under the partner's key; else null. */
export async function proveTyped(row: Row, shortKey: Uint8Array | null): Promise<number | null> {
  if (row.verdict !== TYPED_ROW || row.kid || row.cti) return null;
  const { evidence, offer, seq } = row;
  if (!shortKey || evidence?.length !== LENGTH || offer === null || seq === null) return null;
  try {
    return await decode(shortKey, offer, seq, latin1(evidence));
  } catch (fault) {
    if (fault instanceof VoucherError) return null;
    throw fault;
  }
}

/** Index key of a voucher's typed uses: of the 20 bits that name it. */
export function typedKey(tag: number): string {
  return `typed.${tag.toString(16).padStart(5, "0")}`;
}

/** The same for a voucher whose id is known. */
export function typedKeyOf(cti: Uint8Array): string {
  return typedKey(tagOf(cti));
}
