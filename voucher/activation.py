"""The activation code and what is derived from it: bundle-v1 §1 and §2."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from voucher.errors import Malformed

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
LENGTH: Final = 20
SECRET_BITS: Final = 95
MAX_TYPED: Final = 4096  # a pasted message; more is not one

# What keyboards, messengers and text processors put between two characters of a typed code.
SEPARATORS: Final = " \t\r\n\u00a0\u2009\u202f-\u2010\u2011\u2013.·_"

_SALT: Final = b"cje-v1"
_REDUCTION: Final = 0b100101  # x^5 + x^2 + 1
_LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
# Only ASCII is folded: `str.upper` would read ſ as S and ı as I, and differs between Unicode versions.
FOLD: Final = str.maketrans(
    _LOWER + "OIL", _LOWER.upper().translate(str.maketrans("OIL", "011")) + "011", SEPARATORS
)
_SEPARATOR: Final = f"[{re.escape(SEPARATORS)}]"
# Overlapping, because a word before the code may look like its start; a code starts and ends at a boundary.
_SYMBOL: Final = f"[{ALPHABET}OIL{ALPHABET.lower()}oil]"
_WORD: Final = "[0-9A-Za-z]"
_TYPED: Final = re.compile(rf"(?<!{_WORD})(?=((?:{_SYMBOL}{_SEPARATOR}*?){{{LENGTH}}})(?!{_WORD}))")


def from_secret(secret: int) -> str:
    """Return the 20 characters of a secret of 95 bits.

    Raises:
        Malformed: negative or longer than 95 bits.
    """
    if not 0 <= secret < 1 << SECRET_BITS:
        raise Malformed("activation secret: 95 bits")
    symbols = [secret >> (5 * i) & 31 for i in reversed(range(LENGTH - 1))]
    return "".join(ALPHABET[s] for s in (*symbols, _times_x(_evaluate(symbols))))


def normalise(typed: str) -> str:
    """Find the code in what a person typed or pasted, and return its canonical 20 characters.

    Raises:
        Malformed: no well-formed code in it, or its check character tells a typing mistake.
    """
    if len(typed) > MAX_TYPED:
        raise Malformed("activation code: text too long")
    for found in _TYPED.finditer(typed):
        code = found[1].translate(FOLD)
        if _is_well_formed(code):
            return code
    raise Malformed("activation code")


def grouped(code: str) -> str:
    """Return the code as people see it: five groups of four with hyphens."""
    return "-".join(code[i : i + 4] for i in range(0, LENGTH, 4))


def bundle_path(code: str) -> bytes:
    """Return the 16 bytes that place the bundle's file."""
    return derive(code, b"cje/bundle/path")[:16]


def file_name(place: bytes) -> str:
    """Return the bundle's address below the site: `w/aa/aabb….bin`."""
    name = place.hex()
    return f"w/{name[:2]}/{name}.bin"


def bundle_key(code: str) -> bytes:
    """Return the AES-256-GCM key, 32 bytes."""
    return derive(code, b"cje/bundle/key")


def nonce_key(code: str) -> bytes:
    """Return the key from which the nonce is made, 32 bytes."""
    return derive(code, b"cje/bundle/nonce")


def holder_seed(code: str, cti: bytes) -> bytes:
    """Return the Ed25519 seed (32 bytes) of the holder's key of one voucher."""
    return derive(code, b"cje/holder" + cti)


def derive(code: str, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) over a canonical code: the 32 bytes of one round of expansion."""
    key = hmac.digest(_SALT, code.encode("ascii"), hashlib.sha256)
    return hmac.digest(key, info + b"\x01", hashlib.sha256)


def _is_well_formed(code: str) -> bool:
    return _evaluate([ALPHABET.index(c) for c in code]) == 0


def _evaluate(symbols: list[int]) -> int:
    """Evaluate the polynomial with these coefficients at α in GF(32), by Horner's rule."""
    value = 0
    for symbol in symbols:
        value = _times_x(value) ^ symbol
    return value


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ _REDUCTION if value >= 32 else value
