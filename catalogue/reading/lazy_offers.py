"""Offers with only their facts in memory; other fields are loaded on access.

100,000 offers as models take more than 1 GB. Their facts take a tenth of that.
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


# offers; as models they take 80 MB
AT_HAND = 10_000
_LENGTH = 4  # bytes of the length before each record


class OfferStore:
    """Whole offers by slug.

    Offers that were read in this run stay in memory or, when there are more than `AT_HAND`, in an unnamed
    temporary file. Other offers are read from their own files again, with the same checks.

    Args:
        read: reads one offer from content/. It raises `InvalidContent` when the file has become faulty.
        expected: number of offers.

    Attributes:
        few: whether offers stay in memory.
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
        """Return an offer in the form that `put` accepts. A worker may call this."""
        return offer if self.few else pickle.dumps(offer, pickle.HIGHEST_PROTOCOL)

    def put(self, slug: str, wrapped: Wrapped) -> None:
        """Store an offer in the form that `wrapped` returned."""
        if not isinstance(wrapped, bytes):
            self._held[slug] = wrapped
            return
        record = len(wrapped).to_bytes(_LENGTH, "big") + wrapped
        os.pwrite(self._file.fileno(), record, self._end)
        self._places[slug] = self._end
        self._end += len(record)

    def get(self, slug: str) -> Offer:
        """Return the whole offer. The last one is cached, because callers read its fields one by one."""
        held = self._held.get(slug)
        if held is not None:
            return held
        if self._last is None or self._last[0] != slug:
            place = self._places.get(slug)
            self._last = (slug, self._read(slug) if place is None else self._unwrapped(place))
        return self._last[1]

    def _unwrapped(self, start: int) -> Offer:
        # Forked processes share the file's position, so `pread` is used. Unpickling is safe: the file has no
        # name, so no other program can have written it.
        file = self._file.fileno()
        length = int.from_bytes(os.pread(file, _LENGTH, start), "big")
        return cast(Offer, pickle.loads(os.pread(file, length, start + _LENGTH)))  # noqa: S301


class WorkerResult(NamedTuple):
    """The result of a worker for an offer without error: the entry for the cache, and the offer."""

    known: CachedOffer
    wrapped: Wrapped


class OfferCapture:
    """A stand-in for the store in a worker: it captures one offer to send to the parent."""

    def __init__(self, shelf: OfferStore) -> None:
        self.wrapped = shelf.wrapped
        self.caught: Wrapped | None = None

    def put(self, slug: str, wrapped: Wrapped) -> None:
        self.caught = wrapped


class LazyOffer(Facts):
    """An offer whose facts are in memory. Any other field is loaded from the store.

    Each store has a class of its own, so that an offer needs no reference to its store.
    """

    __slots__ = ()
    shelf: ClassVar[OfferStore]

    is_current = Offer.is_current
    is_upcoming = Offer.is_upcoming
    ends_soon = Offer.ends_soon

    @property
    def whole(self) -> Offer:
        """The whole offer, for callers that need many fields."""
        return self.shelf.get(self.slug)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shelf.get(self.slug), name)

    @classmethod
    def of(cls, shelf: OfferStore) -> type[LazyOffer]:
        """Return the class for the offers of one store."""
        return type("LazyOffer", (cls,), {"__slots__": (), "shelf": shelf})

    @classmethod
    def on(cls, facts: Facts) -> Offer:
        """Return a lazy offer, typed as `Offer` because it has all its fields."""
        return cast(Offer, cls._make(facts))
