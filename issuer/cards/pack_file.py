"""Many cards' files in one, read by HTTP range: bundle-v1 §3.4. A card's place says in which pack it is.

There are 4,096 packs whatever the number of people, so that a card never moves from one to another: about
1,000 people each at four million, and 25 at 100,000.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from voucher.bundle import MAGIC as CARD_MAGIC
from voucher.bundle import NONCE_SIZE
from voucher.caps import BUNDLE_STEP
from voucher.errors import Malformed, TooBig

MAGIC: Final = b"CJEP1"
COUNT: Final = 4096
FOLDER: Final = "w/packs"
MAX_CARDS: Final = 16_384  # an index of 192 KiB; 67 million people in all
_HEAD: Final = struct.Struct(">5sI")
_ENTRY: Final = struct.Struct(">7sH3s")  # place[1..8), KiB of padded content, nonce[0..3)
_OVERHEAD: Final = len(CARD_MAGIC) + NONCE_SIZE + 16


def number_of(place: bytes) -> int:
    """The pack of a card's place: its first twelve bits."""
    return int.from_bytes(place[:2]) >> 4


def name_of(number: int) -> str:
    """A pack's address below the site: `w/packs/6a0.bin`."""
    return f"{FOLDER}/{number:03x}.bin"


def encode(files: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the pack of these (place, file), whatever their order.

    Raises:
        TooBig: over 16,384 cards. Malformed: two places with one name (2^-52 for two cards).
    """
    ordered = sorted(files)
    if len(ordered) > MAX_CARDS:
        raise TooBig("pack")
    index = [_entry(place, file) for place, file in ordered]
    if len({entry[:7] for entry in index}) != len(index):
        raise Malformed("pack: two cards of one name")
    return b"".join((_HEAD.pack(MAGIC, len(ordered)), *index, *(file for _, file in ordered)))


def find(pack: bytes, place: bytes) -> bytes | None:
    """Return the file of a place, as a wallet reads it: index first, then its range; None: not in it.

    Raises:
        Malformed: not a pack, or another version of the file stands there.
    """
    if len(pack) < _HEAD.size or not pack.startswith(MAGIC):
        raise Malformed("pack")
    _, count = _HEAD.unpack_from(pack)
    start = _HEAD.size + count * _ENTRY.size
    if count > MAX_CARDS or len(pack) < start:
        raise Malformed("pack: index")
    for name, steps, nonce in _ENTRY.iter_unpack(pack[_HEAD.size : start]):
        end = start + _OVERHEAD + steps * BUNDLE_STEP
        if name == place[1:8]:
            file = pack[start:end]
            if end > len(pack) or not file.startswith(CARD_MAGIC + nonce):
                raise Malformed("pack: another version")
            return file
        start = end
    return None


def _entry(place: bytes, file: bytes) -> bytes:
    steps, rest = divmod(len(file) - _OVERHEAD, BUNDLE_STEP)
    assert rest == 0, "a sealed card is padded"
    return _ENTRY.pack(place[1:8], steps, file[len(CARD_MAGIC) :][:3])
