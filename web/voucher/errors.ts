/** What can be wrong with an object on the wire. A decoder of this room throws nothing else, on any input. */

/** Stable, and the same in every language of the project (`voucher/errors.py` draws the tree). */
export type ErrorCode =
  "not_ours" | "update_app" | "malformed" | "too_big" | "unknown_key" | "bad_signature" | "bad_key";

export class VoucherError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
    this.name = "VoucherError";
  }
}

/** Ours, but not in its one byte form, or out of bounds: by far the most frequent refusal. */
export function malformed(message: string): VoucherError {
  return new VoucherError("malformed", message);
}
