/** What can stop the wallet, each with its sentence in locales (`errors.<code>`). */

import { VoucherError } from "../../voucher/errors.ts";

export type Code =
  | "wrong_code" // well formed, but nothing was put at its place
  | "network" // no answer
  | "portal" // an answer that is not ours: a captive portal, a parked domain
  | "too_big"
  | "tampered" // the file is cut, changed, or sealed with another code
  | "update_app"
  | "storage"
  | "unexpected";

export class WalletError extends Error {
  readonly code: Code;

  constructor(code: Code, options?: { cause?: unknown }) {
    super(code);
    this.name = "WalletError";
    this.code = code;
    if (options) this.cause = options.cause;
  }

  declare cause?: unknown;
}

/** The code whose sentence a person reads for anything that was thrown. */
export function codeOf(fault: unknown): Code {
  if (fault instanceof WalletError) return fault.code;
  if (fault instanceof VoucherError) {
    if (fault.code === "update_app" || fault.code === "too_big") return fault.code;
    return "tampered";
  }
  if (fault instanceof DOMException && STORAGE.has(fault.name)) return "storage";
  return "unexpected";
}

const STORAGE = new Set([
  "QuotaExceededError",
  "InvalidStateError",
  "UnknownError",
  "AbortError",
  "SecurityError",
]);
