"""catalogue.json in pieces, one for each offer. Pieces of unchanged offers are copied from the last build."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from catalogue import Offer

__all__ = ["Laid", "Pieces"]

_AT_ONCE = 1 << 20
_END = b"]}"


class Laid(NamedTuple):
    """The layout of a catalogue.json.

    Attributes:
        start: offset of the first offer, in bytes.
        offers: number, digest and length in bytes of each offer, in the order of the file.
    """

    start: int
    offers: list[tuple[int, str, int]]


class _Place(NamedTuple):
    handle: int
    start: int
    length: int


_NEVER: tuple[str, _Place | None] = ("", None)


class Pieces:
    """The pieces of one language's catalogue. They are kept in files, because they may not fit into memory.

    Args:
        make: returns the piece of one offer.
    """

    def __init__(self, make: Callable[[Offer], bytes]) -> None:
        self._make = make
        self._file = tempfile.TemporaryFile(prefix="cje-", buffering=0)  # noqa: SIM115 - lives as long as this
        weakref.finalize(self, self._file.close)
        self._end = 0
        self._unwritten = bytearray()
        self._fresh: dict[int, _Place] = {}
        self._old: dict[int, tuple[str, _Place | None]] = {}

    def add(self, number: int, piece: bytes) -> None:
        """Store a piece that was made when the offer was rendered."""
        self._fresh[number] = _Place(self._file.fileno(), self._end, len(piece))
        self._end += len(piece) + 1
        self._unwritten += piece
        self._unwritten += b","
        if len(self._unwritten) >= _AT_ONCE:
            self._write()

    def _write(self) -> None:
        os.pwrite(self._file.fileno(), self._unwritten, self._end - len(self._unwritten))
        self._unwritten.clear()

    def copy_from(self, handle: int, laid: Laid) -> None:
        """Use pieces of an earlier file, open as `handle`, for offers with the same digest."""
        at = laid.start
        for number, digest, length in laid.offers:
            self._old[number] = digest, _Place(handle, at, length)
            at += length + 1

    def file(self, head: bytes, offers: Iterable[tuple[Offer, str]]) -> tuple[Iterator[bytes], Laid]:
        """Return the whole file in parts, and its layout.

        Args:
            head: the file up to the opening bracket of the list.
            offers: the offers with their digests.
        """
        places, listed = [], []
        for offer, digest in offers:
            place = self._fresh.get(offer.number)
            if place is None:
                then, place = self._old.get(offer.number, _NEVER)
                if place is None or not digest or digest != then:
                    self.add(offer.number, self._make(offer))
                    place = self._fresh[offer.number]
            places.append(place)
            listed.append((offer.number, digest, place.length))
        self._write()
        return self._parts(head, places), Laid(len(head), listed)

    @staticmethod
    def _parts(head: bytes, places: Sequence[_Place]) -> Iterator[bytes]:
        yield head
        for turn, run in enumerate(_runs(places)):
            if turn:
                yield b","
            for start in range(run.start, run.start + run.length, _AT_ONCE):
                yield os.pread(run.handle, min(_AT_ONCE, run.start + run.length - start), start)
        yield _END


def digest_of(offer: Offer) -> str:
    """Return the digest of the offer's file; empty for an offer that does not come from the cache."""
    return getattr(offer, "digest", "")


def _runs(places: Sequence[_Place]) -> Iterator[_Place]:
    """Yield adjacent pieces of one file as one run, with the commas between them."""
    if not places:
        return
    handle, begin, end = places[0].handle, places[0].start, places[0].start - 1
    for place in places:
        if place.handle != handle or place.start != end + 1:
            yield _Place(handle, begin, end - begin)
            handle, begin = place.handle, place.start
        end = place.start + place.length
    yield _Place(handle, begin, end - begin)
