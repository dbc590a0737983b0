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
# A table is a tenth faster than a product; besides its signature, this loop is what reading a voucher costs.
_TIMES_45: Final = tuple(range(0, 45 * 45, 45))
_TIMES_2025: Final = tuple(range(0, 45 * 2025, 2025))


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
    # The slices are of one length but for a last pair, which stands for one byte and is no group of three.
    groups = zip(values[0::3], values[1::3], values[2::3], strict=False)
    words = [a + _TIMES_45[b] + _TIMES_2025[c] for a, b, c in groups]
    tail = [values[-2] + 45 * values[-1]] if len(values) % 3 else []
    try:
        return struct.pack(f">{len(words)}H{len(tail)}B", *words, *tail)
    except struct.error:
        raise Malformed("base45: group too large") from None
