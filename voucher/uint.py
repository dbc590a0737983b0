"""CBOR's unsigned integers below 2^32 in their shortest form (RFC 8949 §3 and §4.2.1)."""

from __future__ import annotations

from typing import Final

from voucher.errors import Malformed

_SIZES: Final = {0x18: 1, 0x19: 2, 0x1A: 4}


def encode(value: int) -> bytes:
    """Encode 0..2^32−1.

    Raises:
        Malformed: outside that range.
    """
    if 0 <= value < 24:
        return bytes((value,))
    for head, size in _SIZES.items():
        if 24 <= value < 1 << (8 * size):
            return bytes((head,)) + value.to_bytes(size)
    raise Malformed("integer: out of range")


def decode(data: bytes) -> tuple[int, bytes]:
    """Read one integer from the front of `data`; return it and the rest.

    Raises:
        Malformed: not an unsigned integer below 2^32, or a longer form than it needs.
    """
    if not data:
        raise Malformed("integer: missing")
    head = data[0]
    if head < 24:
        return head, data[1:]
    size = _SIZES.get(head)
    if size is None:
        raise Malformed("integer: another type, or too large")
    end = 1 + size
    value = int.from_bytes(data[1:end])
    if encode(value) != data[:end]:
        raise Malformed("integer: not in its shortest form")
    return value, data[end:]
