"""Typed codes beside scanned vouchers (voucher-v1 §6, trust-v1 §8.3): what twenty bits can show, no more.

A typed row names no voucher. Its code holds the first 20 bits of the voucher's id and a MAC that only issuer
and partner can check; neither says how often the voucher may be used. So a typed use is weighed against what
tills have scanned, and told of only when no scanned voucher with these 20 bits has room for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from voucher import short_code
from voucher.activation import ALPHABET
from voucher.caps import MAX_TIME
from voucher.civil import period_start
from voucher.claims import Period
from voucher.errors import VoucherError

_VALUE_BITS: Final = 5 * short_code.LENGTH
_FREE_BITS: Final = 64 - _VALUE_BITS  # so that the first 20 bits are the tag's, as in a voucher's id
TAG_SHIFT: Final = 44


def named(code: bytes, offer: int, week: int) -> bytes:
    """Return 16 bytes that stand for one code of one offer in one week; they begin as the voucher's id does.

    Args:
        code: 12 characters of the alphabet.
        offer, week: below 2^32.
    """
    value = 0
    for character in code.decode("ascii"):
        value = value << 5 | ALPHABET.index(character)
    return (value << _FREE_BITS).to_bytes(8) + offer.to_bytes(4) + week.to_bytes(4)


def code_in(hi: int) -> str:
    """Return the 12 characters of which `named` made its first half."""
    value = hi >> _FREE_BITS
    return "".join(ALPHABET[value >> shift & 31] for shift in range(_VALUE_BITS - 5, -1, -5))


def holds(keys: Iterable[bytes], hi: int, offer: int, week: int) -> bool:
    """Tell whether one of a partner's keys has made a code, for this offer and week."""
    code = code_in(hi)
    for key in keys:
        try:
            short_code.decode(key, offer, week, code)
        except VoucherError:
            continue
        return True
    return False


def spent(
    typed: Sequence[tuple[int, bytes | None]],
    scanned: Sequence[int],
    limit: int,
    period: Period,
    dates: tuple[int, int],
) -> bool:
    """Tell whether a voucher has no room for the typed uses: within its limit alone, beyond it with them.

    Args:
        typed: (effective time, what stands for the code) of each typed use. scanned: times of its own uses.
        dates: first second of the voucher and first one after it.
    """
    alone = Counter(period_start(min(at, MAX_TIME), period) for at in scanned)
    codes = {(period_start(at, period), code) for at, code in typed if dates[0] <= at < dates[1]}
    together = alone + Counter(start for start, _ in codes)
    return limit > 0 and any(alone[start] <= limit < together[start] for start, _ in codes)
