"""The few facts of an offer that rules across files and lists of offers need, without reading it again."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar

from catalogue.model.geography import Territory
from catalogue.model.offer import Offer


class OfferReferences(Protocol):
    """What the rules about references may read."""

    @property
    def partner(self) -> str: ...
    @property
    def categories(self) -> tuple[str, ...]: ...
    @property
    def programmes(self) -> tuple[str, ...]: ...
    @property
    def valid_until(self) -> date: ...
    @property
    def status(self) -> str: ...


class OfferFacts(OfferReferences, Protocol):
    """What an `Offer` and a remembered `Facts` both tell."""

    @property
    def slug(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def image_file(self) -> str | None: ...
    @property
    def reviewed(self) -> date | None: ...


class Facts(NamedTuple):
    """The facts alone.

    Attributes:
        valid_from, title, headline, summary, channel, estimated_cents, tags, territory: what lists of offers
            show besides.
        digest: names its file, that is its slug and its text.
    """

    slug: str
    number: int
    status: str
    partner: str
    categories: tuple[str, ...]
    programmes: tuple[str, ...]
    valid_until: date
    reviewed: date | None
    image_file: str | None
    valid_from: date
    title: str
    headline: str
    summary: str
    channel: str
    estimated_cents: int | None
    tags: tuple[str, ...]
    territory: Territory
    digest: str


Value = TypeVar("Value")


@lru_cache(16_384)
def _one(value: Value) -> Value:
    """The first value that was equal to this one: a hundred thousand offers say few different things."""
    return value


def share_values(facts: Facts) -> Facts:
    """The same facts in half of the memory, once there are many."""
    return facts._replace(
        status=_one(facts.status),
        partner=_one(facts.partner),
        categories=_one(facts.categories),
        programmes=_one(facts.programmes),
        valid_until=_one(facts.valid_until),
        reviewed=_one(facts.reviewed),
        valid_from=_one(facts.valid_from),
        headline=_one(facts.headline),
        channel=_one(facts.channel),
        tags=_one(facts.tags),
        territory=_one(facts.territory),
    )


def collect_facts(offer: Offer, digest: str) -> Facts:
    """What to remember of an offer without error."""
    return Facts(
        offer.slug,
        offer.number,
        offer.status,
        offer.partner,
        offer.categories,
        offer.programmes,
        offer.valid_until,
        offer.reviewed,
        offer.image_file,
        offer.valid_from,
        offer.title,
        offer.headline,
        offer.summary,
        offer.channel,
        offer.estimated_cents,
        offer.tags,
        offer.territory,
        digest,
    )
