"""catalogue.json in pieces, one an offer; those of unchanged offers are copied from the last one."""

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
    """How one catalogue.json is laid out: where its offers begin, then number, digest and bytes of each."""

    start: int
    offers: list[tuple[int, str, int]]


class _Place(NamedTuple):
    handle: int
    start: int
    length: int


_NEVER: tuple[str, _Place | None] = ("", None)


class Pieces:
    """The pieces of one language's catalogue, in files: there may be more than fit into memory.

    Args:
        make: makes the piece of one offer.
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
        """Take a piece that was made while the offer was at hand."""
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
        """Use an earlier file, open as `handle`, for offers whose digest is the same as then."""
        at = laid.start
        for number, digest, length in laid.offers:
            self._old[number] = digest, _Place(handle, at, length)
            at += length + 1

    def file(self, head: bytes, offers: Iterable[tuple[Offer, str]]) -> tuple[Iterator[bytes], Laid]:
        """The whole file, in parts, and how it is laid out.

        Args:
            head: ends with the list's opening bracket.
            offers: with their digests.
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
    """Names the text of the offer's file; empty for one that was not remembered."""
    return getattr(offer, "digest", "")


def _runs(places: Sequence[_Place]) -> Iterator[_Place]:
    """Neighbours in one file, the comma between them included, become one."""
    if not places:
        return
    handle, begin, end = places[0].handle, places[0].start, places[0].start - 1
    for place in places:
        if place.handle != handle or place.start != end + 1:
            yield _Place(handle, begin, end - begin)
            handle, begin = place.handle, place.start
        end = place.start + place.length
    yield _Place(handle, begin, end - begin)
