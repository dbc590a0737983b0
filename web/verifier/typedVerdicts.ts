/** Verdicts on twelve typed characters (trust-v1 §8.3), beside those on vouchers. */

import { type Meaning, type Verdict, VERDICTS } from "./verdicts.ts";

export const TYPED = {
  short_no_key: { severity: "refuse", icon: "keys", confirmable: false, exit: 3 },
  short_unknown: { severity: "refuse", icon: "keys", confirmable: false, exit: 1 },
  short_revoked: { severity: "refuse", icon: "cross", confirmable: false, exit: 1 },
  short_code: { severity: "check", icon: "keys", confirmable: true, exit: 3 },
} as const satisfies Record<string, Meaning>;

export type TypedVerdict = keyof typeof TYPED;
export type AnyVerdict = Verdict | TypedVerdict;
export const MEANINGS: Readonly<Record<AnyVerdict, Meaning>> = { ...VERDICTS, ...TYPED };
