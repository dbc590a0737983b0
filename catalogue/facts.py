"""The few facts of an offer that rules across files need: enough for a check that does not read it again."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Protocol

from catalogue.offer import Offer


class OfferFacts(Protocol):
    """What an `Offer` and a remembered `Facts` both tell."""

    @property
    def slug(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def partner(self) -> str: ...
    @property
    def categories(self) -> tuple[str, ...]: ...
    @property
    def programmes(self) -> tuple[str, ...]: ...
    @property
    def image_file(self) -> str | None: ...
    @property
    def valid_until(self) -> date: ...
    @property
    def reviewed(self) -> date | None: ...


class Facts(NamedTuple):
    """The facts alone."""

    slug: str
    number: int
    status: str
    partner: str
    categories: tuple[str, ...]
    programmes: tuple[str, ...]
    valid_until: date
    reviewed: date | None
    image_file: str | None = None


def facts_of(offer: Offer) -> Facts:
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
    )
