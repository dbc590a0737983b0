"""Twelve characters for a broken camera, a phone call or an online shop: voucher-v1 §6."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from voucher.activation import ALPHABET, FOLD
from voucher.errors import BadSignature, Malformed

LENGTH: Final = 12
KEY_SIZE: Final = 32
MAX_TYPED: Final = 64
_MAC_BITS: Final = 40
_TAG_CHARACTERS: Final = 4  # 20 bits
# Ten bits at once: a card holds a code for each offer and week, and issuing makes millions of them.
_PAIRS: Final = tuple(a + b for a in ALPHABET for b in ALPHABET)
_SHIFTS: Final = (50, 40, 30, 20, 10, 0)


def tag_of(cti: bytes) -> int:
    """Return the 20 bits that name a voucher: the first of its id."""
    return int.from_bytes(cti[:3]) >> 4


def encode(key: bytes, offer: int, period: int, tag: int) -> str:
    """Return the 12 characters.

    Args:
        key: 32 bytes that only issuer and partner hold.
        offer: number of the offer.
        period: ISO year × 100 + ISO week.
        tag: the 20 bits of `tag_of`.
    """
    value = tag << _MAC_BITS | _mac(key, offer, period, tag)
    return "".join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])


def decode(key: bytes, offer: int, period: int, typed: str) -> int:
    """Return the tag of a typed code once its MAC holds.

    Raises:
        Malformed: not 12 characters of the alphabet.
        BadSignature: another partner, offer or week, or a mistake.
    """
    code = fold(typed)
    tag = tag_in(code)
    if not hmac.compare_digest(encode(key, offer, period, tag), code):
        raise BadSignature("short code")
    return tag


def tag_in(code: str) -> int:
    """Return the tag in a code of 12 characters, whether its MAC holds or not."""
    tag = 0
    for character in code[:_TAG_CHARACTERS]:
        tag = tag << 5 | ALPHABET.index(character)
    return tag


def fold(typed: str) -> str:
    """Return the 12 characters of what was typed, as `encode` writes them.

    Raises:
        Malformed: not 12 characters of the alphabet, or more than 64 with what stands between them.
    """
    code = typed.translate(FOLD) if len(typed) <= MAX_TYPED else ""
    if len(code) != LENGTH or any(c not in ALPHABET for c in code):
        raise Malformed("short code: 12 characters")
    return code


def _mac(key: bytes, offer: int, period: int, tag: int) -> int:
    message = b"cje-short-v1" + offer.to_bytes(4) + period.to_bytes(4) + (tag << 4).to_bytes(3)
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256)[: _MAC_BITS // 8])
