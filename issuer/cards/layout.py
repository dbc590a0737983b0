"""How cards lie beside the site: a file each, for few; in packs, for many (bundle-v1 §3.4, ADR 18).

A file of its own always counts before a pack: what is issued between two publications lies there.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal

from issuer.cards import pack_file
from issuer.keys.derive import MAX_CARD, CampaignSecret
from voucher import activation

Layout = Literal["files", "packs"]
LAYOUTS: Final[tuple[Layout, ...]] = ("files", "packs")
_SERIAL_BITS: Final = MAX_CARD.bit_length()
_FILE: Final = re.compile(r"[0-9a-f]{32}\.bin")
_PACK: Final = re.compile(r"[0-9a-f]{3}\.bin")


def found(out: Path) -> Layout:
    """What a folder has already; nothing yet is files."""
    return "packs" if any(_names(out, "packs")) else "files"


def others(out: Path, chosen: Layout) -> list[str]:
    """Files of the other arrangement: what they say is in this one too."""
    return [name for one in LAYOUTS if one != chosen for name in _names(out, one)]


def _names(out: Path, arranged: Layout) -> Iterator[str]:
    pattern, folders = (_PACK, "w/packs") if arranged == "packs" else (_FILE, "w/[0-9a-f][0-9a-f]")
    for folder in sorted(out.glob(folders)):
        for path in sorted(folder.iterdir()):
            if pattern.fullmatch(path.name):
                yield path.relative_to(out).as_posix()


class Members:
    """Who is in which pack: eight bytes a card, so that four million stay in 32 MB."""

    def __init__(self) -> None:
        self._packs = [array("Q") for _ in range(pack_file.COUNT)]

    def add(self, place: bytes, number: int, serial: int) -> None:
        self._packs[pack_file.number_of(place)].append(number << _SERIAL_BITS | serial)

    def of_pack(self, number: int) -> dict[int, list[int]]:
        """Serials of cards in a pack, by person."""
        found: dict[int, list[int]] = {}
        for member in self._packs[number]:
            found.setdefault(member >> _SERIAL_BITS, []).append(member & MAX_CARD)
        return found

    def filled(self) -> set[int]:
        """Packs with anybody in them."""
        return {number for number, some in enumerate(self._packs) if some}


def members(serials: Iterable[tuple[int, int]], secret: CampaignSecret) -> Members:
    """Sort (number, serial of the last card) into packs, earlier cards too."""
    sorted_out = Members()
    for number, last in serials:
        for serial in range(1, last + 1):
            place = activation.bundle_path(secret.activation_code(number, serial))
            sorted_out.add(place, number, serial)
    return sorted_out


def to_make(out: Path, filled: Members) -> list[int]:
    """Packs with anybody in them, and those to take away."""
    there = {int(Path(name).stem, 16) for name in _names(out, "packs")}
    return sorted(filled.filled() | there)
