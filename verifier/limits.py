"""How often a voucher may be used, counted in Paris days, ISO weeks and months (voucher-v1 §2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from verifier.views import Use
from voucher.civil import day_of, end_of, period_start
from voucher.claims import Claims, Period


def used_in_period(claims: Claims, uses: Sequence[Use], effective: int) -> int:
    """Count the uses of the period in which `effective` lies.

    A use that a neighbour's fast clock dates later than this period counts too: the limit fails closed.
    """
    start = period_start(effective, claims.period)
    return sum(use.at >= start for use in uses)


def next_period(effective: int, period: Period) -> int | None:
    """Return the first second of the next period; None when `uses` counts in total."""
    if period is Period.TOTAL:
        return None
    start = at = period_start(effective, period)
    while period_start(at, period) == start:
        at = end_of(day_of(at))
    return at


def bearer_seq(uses: Sequence[Use]) -> int:
    """Return the counter of a bearer voucher's next use: the first free one.

    That is "uses already accepted plus one" (voucher-v1 §4.5), also after a row in the middle was taken back.
    """
    taken = {use.seq for use in uses}
    return next(seq for seq in count(1) if seq not in taken)
