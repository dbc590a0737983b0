"""How old a trust list is, and what that means (trust-v1 §5): P8, a frozen till is always seen."""

from __future__ import annotations

from enum import StrEnum

from voucher.trust import TrustList


class Age(StrEnum):
    """`ageing` is amber, `too_old` accepts nothing."""

    FRESH = "fresh"
    AGEING = "ageing"
    TOO_OLD = "too_old"


def age_of(trust: TrustList, effective: int) -> Age:
    """Return the age of a list at an effective time (trust-v1 §6), in seconds since 1970."""
    age = effective - trust.issued
    if age > trust.refuse_after or effective >= trust.expires:
        return Age.TOO_OLD
    return Age.AGEING if age > trust.fresh_for else Age.FRESH
