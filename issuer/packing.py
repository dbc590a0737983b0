"""A card's content from parts that people share (bundle-v1 §4): written once per offer, not once per person.

`voucher.bundle` says what a card holds; here its CBOR is put together so that only what differs between two
people is encoded anew. A test reads packed cards back through `voucher.bundle`, which takes
one byte form only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from voucher import cbor
from voucher.bundle import VERSION

_NULL: Final = b"\xf6"
_UINT32: Final = b"\x1a"
_BYTES: Final = b"\x58"  # a string of 24..255 bytes, as every voucher is
_END, _VOUCHER, _CODE = b"\x0a", b"\x10", b"\x11"
_FIELDS: Final = 21


@dataclass(frozen=True, slots=True)
class PackedEntry:
    """An entry but for `valid_until`, `voucher` and `code`."""

    before: bytes
    between: bytes
    after: bytes

    def fill(self, end: int, voucher: bytes | None, code: str | None) -> bytes:
        """Return the entry's CBOR; `end` in seconds, 2^30 < end < 2^32."""
        signed = _NULL if voucher is None else _BYTES + bytes((len(voucher),)) + voucher
        typed = _NULL if code is None else cbor.dumps(code)
        return b"".join((self.before, struct.pack(">I", end), self.between, signed, _CODE, typed, self.after))


def pack_entry(fields: Mapping[int, object]) -> PackedEntry:
    """Encode the fields that an entry shares: all numbers of bundle-v1 §4 but 10, 16 and 17."""
    assert sorted(fields) == [n for n in range(1, _FIELDS + 1) if n not in (10, 16, 17)]
    encoded = {number: bytes((number,)) + cbor.dumps(value) for number, value in fields.items()}

    def join(first: int, last: int) -> bytes:
        return b"".join(encoded[number] for number in range(first, last + 1))

    head = bytes((0xA0 + _FIELDS,))
    return PackedEntry(head + join(1, 9) + _END + _UINT32, join(11, 15) + _VOUCHER, join(18, 21))


def pack_card(head: Mapping[int, object], entries: Iterable[bytes], tail: Mapping[int, object]) -> bytes:
    """Return a card's content.

    Args:
        head: fields 2 to 7. entries: filled, by offer number. tail: fields 9 to 11.
    """
    listed = list(entries)
    return b"".join(
        (
            b"\xab",
            *_pairs({1: VERSION, **head}),
            b"\x08",
            _array(len(listed)),
            *listed,
            *_pairs(tail),
        )
    )


def _pairs(fields: Mapping[int, object]) -> Iterable[bytes]:
    return (bytes((number,)) + cbor.dumps(value) for number, value in fields.items())


def _array(size: int) -> bytes:
    """The head of an array (RFC 8949 §3)."""
    if size < 24:
        return bytes((0x80 + size,))
    return b"\x98" + size.to_bytes(1) if size < 256 else b"\x99" + size.to_bytes(2)
