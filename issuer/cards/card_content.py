"""A card's content from parts that people share (bundle-v1 §4): written once per offer, not once per person.

`voucher.bundle` says what a card holds; here its CBOR is put together so that only what differs between two
people is encoded anew. A test reads packed cards back through `voucher.bundle`, which takes
one byte form only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from voucher import cbor
from voucher.bundle import VERSION

_NULL: Final = b"\xf6"
_UINT32: Final = b"\x1a"
_BYTES: Final = b"\x58"  # a string of 24..255 bytes, as every voucher is
_END, _VOUCHER, _CODE, _SHORT_CODES, _PAPER = b"\x0a", b"\x10", b"\x11", b"\x16", b"\x17"
_FIELDS: Final = 21


class Own(NamedTuple):
    """What an entry holds for its person alone (bundle-v1 §4)."""

    voucher: bytes | None = None
    code: str | None = None
    short_codes: Sequence[str] = ()
    paper: bytes | None = None


@dataclass(frozen=True, slots=True)
class PackedEntry:
    """An entry but for its head, `valid_until`, and what is one person's own."""

    before: bytes
    between: bytes
    after: bytes

    def fill(self, end: int, own: Own) -> bytes:
        """Return the entry's CBOR; `end` in seconds, 2^30 < end < 2^32."""
        signed = _NULL if own.voucher is None else _bytes(own.voucher)
        typed = _NULL if own.code is None else cbor.dumps(own.code)
        codes = _SHORT_CODES + cbor.dumps(list(own.short_codes)) if own.short_codes else b""
        paper = _PAPER + _bytes(own.paper) if own.paper is not None else b""
        head = bytes((0xA0 + _FIELDS + bool(codes) + bool(paper),))
        end_of = struct.pack(">I", end)
        return b"".join(
            (head, self.before, end_of, self.between, signed, _CODE, typed, self.after, codes, paper)
        )


def pack_entry(fields: Mapping[int, object]) -> PackedEntry:
    """Encode the fields that an entry shares: all numbers of bundle-v1 §4 but 10, 16 and 17."""
    assert sorted(fields) == [n for n in range(1, _FIELDS + 1) if n not in (10, 16, 17)]
    encoded = {number: bytes((number,)) + cbor.dumps(value) for number, value in fields.items()}

    def join(first: int, last: int) -> bytes:
        return b"".join(encoded[number] for number in range(first, last + 1))

    return PackedEntry(join(1, 9) + _END + _UINT32, join(11, 15) + _VOUCHER, join(18, 21))


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


def _bytes(data: bytes) -> bytes:
    """A byte string of 24..255 bytes (RFC 8949 §3)."""
    return _BYTES + bytes((len(data),)) + data


def _array(size: int) -> bytes:
    """The head of an array (RFC 8949 §3)."""
    if size < 24:
        return bytes((0x80 + size,))
    return b"\x98" + size.to_bytes(1) if size < 256 else b"\x99" + size.to_bytes(2)
