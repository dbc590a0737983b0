"""Offers that lie elsewhere: what lists need is in memory, the rest is fetched when somebody asks.

A hundred thousand offers as models take more than a gigabyte; their facts take a tenth of it.
"""

from __future__ import annotations

import os
import pickle
import tempfile
import weakref
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, TypeAlias, cast

from catalogue.model.facts import Facts
from catalogue.model.offer import Offer
from catalogue.reading.cache import CachedOffer

__all__ = ["LazyOffer", "OfferCapture", "OfferStore", "WorkerResult"]

Wrapped: TypeAlias = Offer | bytes


# As models they take 80 MB.
AT_HAND = 10_000
_LENGTH = 4  # bytes before each one in the file, which say how long it is


class OfferStore:
    """Whole offers by slug.

    Those that this process has read stay in memory, or, when there are many, in a file without a name, which
    ends with it; any other is read from its own file again, through the same checks.

    Args:
        read: reads one offer from content/; raises `InvalidContent` when it has become faulty.
        expected: how many offers there are.

    Attributes:
        few: they stay in memory.
    """

    def __init__(self, read: Callable[[str], Offer], expected: int) -> None:
        self._read, self.few = read, expected <= AT_HAND
        self._held: dict[str, Offer] = {}
        self._places: dict[str, int] = {}
        self._file = tempfile.TemporaryFile(prefix="cje-")  # noqa: SIM115 - it lives as long as the shelf
        weakref.finalize(self, self._file.close)
        self._end = 0
        self._last: tuple[str, Offer] | None = None

    def wrapped(self, offer: Offer) -> Wrapped:
        """An offer as `put` takes it, which may be done in another process."""
        return offer if self.few else pickle.dumps(offer, pickle.HIGHEST_PROTOCOL)

    def put(self, slug: str, wrapped: Wrapped) -> None:
        """Keep what `wrapped` gave of an offer."""
        if not isinstance(wrapped, bytes):
            self._held[slug] = wrapped
            return
        record = len(wrapped).to_bytes(_LENGTH, "big") + wrapped
        os.pwrite(self._file.fileno(), record, self._end)
        self._places[slug] = self._end
        self._end += len(record)

    def get(self, slug: str) -> Offer:
        """The whole offer; the last one is at hand, since its fields are asked for one after another."""
        held = self._held.get(slug)
        if held is not None:
            return held
        if self._last is None or self._last[0] != slug:
            place = self._places.get(slug)
            self._last = (slug, self._read(slug) if place is None else self._unwrapped(place))
        return self._last[1]

    def _unwrapped(self, start: int) -> Offer:
        # Forked processes share the file's position, which is why none is used. Only this program wrote the
        # file, and nobody else can open it: it has no name.
        file = self._file.fileno()
        length = int.from_bytes(os.pread(file, _LENGTH, start), "big")
        return cast(Offer, pickle.loads(os.pread(file, length, start + _LENGTH)))  # noqa: S301


class WorkerResult(NamedTuple):
    """What one process tells another of an offer without error: what to remember, and the offer itself."""

    known: CachedOffer
    wrapped: Wrapped


class OfferCapture:
    """Takes one offer in the shelf's place, in a process that will hand it over."""

    def __init__(self, shelf: OfferStore) -> None:
        self.wrapped = shelf.wrapped
        self.caught: Wrapped | None = None

    def put(self, slug: str, wrapped: Wrapped) -> None:
        self.caught = wrapped


class LazyOffer(Facts):
    """An offer of which the facts are at hand; any other field is fetched from the shelf.

    Each shelf has a class of its own, which saves an offer the way there.
    """

    __slots__ = ()
    shelf: ClassVar[OfferStore]

    is_current = Offer.is_current
    is_upcoming = Offer.is_upcoming
    ends_soon = Offer.ends_soon

    @property
    def whole(self) -> Offer:
        """All of it, for who needs many fields."""
        return self.shelf.get(self.slug)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shelf.get(self.slug), name)

    @classmethod
    def of(cls, shelf: OfferStore) -> type[LazyOffer]:
        """The class of what lies on one shelf."""
        return type("LazyOffer", (cls,), {"__slots__": (), "shelf": shelf})

    @classmethod
    def on(cls, facts: Facts) -> Offer:
        """An `Offer` to all who read it."""
        return cast(Offer, cls._make(facts))
