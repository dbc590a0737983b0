/** How old a trust list is, and what that means (trust-v1 §5): a frozen till is always seen. */

import type { TrustContent } from "../voucher/trust.ts";

/** `ageing` is amber, `too_old` accepts nothing. */
export type Age = "fresh" | "ageing" | "too_old";

/** The age of a list at an effective time (trust-v1 §6), in seconds since 1970. */
export function ageOf(
  list: Pick<TrustContent, "issued" | "expires" | "freshFor" | "refuseAfter">,
  effective: number,
): Age {
  const age = effective - list.issued;
  if (age > list.refuseAfter || effective >= list.expires) return "too_old";
  return age > list.freshFor ? "ageing" : "fresh";
}
