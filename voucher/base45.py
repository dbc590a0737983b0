"""Base45 (RFC 9285), strict: one text for one string of bytes.

In a QR's alphanumeric mode two of its characters take 11 bits, so that binary data grows by 3 % only.
"""

from __future__ import annotations

import struct
from typing import Final

from voucher.errors import Malformed

ALPHABET: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_FOREIGN: Final = 0xFF
_VALUES: Final = bytes(ALPHABET.index(byte) if byte in ALPHABET else _FOREIGN for byte in range(256))


def encode(data: bytes) -> str:
    """Return the base45 text of any bytes: three characters for two bytes, two for a last odd one."""
    even = len(data) & ~1
    out = bytearray()
    for word in struct.unpack(f">{even // 2}H", data[:even]):
        high, low = divmod(word, 2025)
        out += bytes((low % 45, low // 45, high))
    if len(data) > even:
        out += bytes((data[-1] % 45, data[-1] // 45))
    return out.translate(ALPHABET + bytes(256 - len(ALPHABET))).decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes of a base45 text.

    Raises:
        Malformed: a foreign character, a lone last one, or a group above 65535 (above 255 for the last two).
    """
    try:
        values = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError:
        raise Malformed("base45: not ASCII") from None
    if _FOREIGN in values or len(values) % 3 == 1:
        raise Malformed("base45")
    whole = len(values) - len(values) % 3
    words = [a + 45 * b + 2025 * c for a, b, c in zip(*(values[i:whole:3] for i in range(3)), strict=True)]
    tail = [values[-2] + 45 * values[-1]] if whole < len(values) else []
    try:
        return struct.pack(f">{len(words)}H{len(tail)}B", *words, *tail)
    except struct.error:
        raise Malformed("base45: group too large") from None
