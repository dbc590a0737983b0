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
    grouped = len(values) // 3 * 3
    first, second, third = (_lanes(values[i:grouped:3]) for i in range(3))
    # No group is above 91,124, so that no lane runs over into the next.
    lanes = (first + 45 * second + 2025 * third).to_bytes(grouped // 3 * 4)
    tail = b"" if grouped == len(values) else _last(values[grouped], values[grouped + 1])
    if lanes[1::4].strip(b"\0"):
        raise Malformed("base45: group too large")
    words = bytearray(grouped // 3 * 2)
    words[0::2], words[1::2] = lanes[2::4], lanes[3::4]
    return bytes(words) + tail


def _lanes(values: bytes) -> int:
    """Return one integer with a lane of 32 bits for each value: all groups are then computed at once.

    Besides its signature this is what reading a voucher costs; a loop takes twice the time.
    """
    spread = bytearray(4 * len(values))
    spread[3::4] = values
    return int.from_bytes(spread)


def _last(low: int, high: int) -> bytes:
    value = low + 45 * high
    if value > 255:
        raise Malformed("base45: last group too large")
    return bytes((value,))
