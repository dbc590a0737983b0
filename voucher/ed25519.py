"""Ed25519 under one rule for all engines (voucher-v1 §5, RFC 8032).

Engines agree on honest signatures and differ on crafted ones; the rule refuses those before an engine sees
them.
"""

from __future__ import annotations

import hashlib
from typing import Final

from nacl import bindings, exceptions

from voucher.errors import BadKey

KEY_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64

_P: Final = 2**255 - 19
_SIGN_BIT: Final = 1 << 255

# y coordinates of the eight small-order points: 0 (order 4), 1, −1, and ±y of the four points of order 8.
_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_Y: Final = (0, 1, _P - 1, _ORDER_8, _P - _ORDER_8)

# The 14 encodings: each y with both signs, and y = 0 and y = 1 also written as y + p (still below 2^255).
SMALL_ORDER: Final = frozenset(
    (y | sign).to_bytes(32, "little") for y in (*_SMALL_Y, _P, _P + 1) for sign in (0, _SIGN_BIT)
)


def kid(public_key: bytes) -> bytes:
    """Return the key's identifier: the first 4 bytes of SHA-256 over its 32 bytes (voucher-v1 §2)."""
    return hashlib.sha256(public_key).digest()[:4]


def check_key(public_key: bytes) -> bytes:
    """Return the key if it may be trusted; done once, when a key enters a trust file or leaves one.

    Raises:
        BadKey: not 32 bytes, not canonical, or outside the prime-order subgroup (voucher-v1 §5.2).
    """
    if len(public_key) != KEY_SIZE or not _canonical(public_key) or public_key in SMALL_ORDER:
        raise BadKey("not the encoding of a usable point")
    if not bindings.crypto_core_ed25519_is_valid_point(public_key):
        raise BadKey("not in the prime-order subgroup")
    return public_key


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` (64 bytes) over `message` holds under `public_key` (32 bytes). Never raises.

    libsodium itself refuses S ≥ L and a non-canonical or small-order key, and compares R byte by byte without
    cofactor; a non-canonical R can therefore never match.
    """
    if len(signature) != SIGNATURE_SIZE or len(public_key) != KEY_SIZE or signature[:32] in SMALL_ORDER:
        return False
    try:
        bindings.crypto_sign_open(signature + message, public_key)
    except (exceptions.BadSignatureError, exceptions.CryptoError):
        return False
    return True


def _canonical(point: bytes) -> bool:
    return int.from_bytes(point, "little") % _SIGN_BIT < _P
