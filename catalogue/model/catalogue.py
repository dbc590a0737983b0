"""The whole catalogue, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from catalogue.model.campaign import CampaignCard
from catalogue.model.classification import Category, Programme
from catalogue.model.images import Picture
from catalogue.model.offer import Offer
from catalogue.model.partner import Partner
from catalogue.model.site_texts import Page, SiteSettings, Theme

Named = TypeVar("Named", Category, Programme, Page)


@dataclass(frozen=True)
class Catalogue:
    """Everything that content/ says; every reference in it is known to resolve.

    Attributes:
        offers: all of them, drafts and retired ones too, by number. `published()` leaves those out.
        partners: by slug, in alphabetical order.
        categories: the needs, in the order in which they are shown.
        campaigns: cards of the home page, by slug; `is_current(day)` says which are shown.
        pictures: those that an offer, a partner or a card names, by file name.
    """

    offers: tuple[Offer, ...]
    partners: Mapping[str, Partner]
    categories: tuple[Category, ...]
    programmes: tuple[Programme, ...]
    pages: tuple[Page, ...]
    site: SiteSettings
    theme: Theme
    campaigns: tuple[CampaignCard, ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    _by_number: Mapping[int, Offer] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_number", {offer.number: offer for offer in self.offers})

    def offer(self, number: int) -> Offer:
        """The offer with this number; KeyError when there is none."""
        return self._by_number[number]

    def published(self) -> tuple[Offer, ...]:
        """Offers that may be shown, whatever their dates."""
        return tuple(offer for offer in self.offers if offer.status == "published")

    def current(self, day: date) -> tuple[Offer, ...]:
        """Offers that can be used on this day of Europe/Paris."""
        return tuple(offer for offer in self.offers if offer.is_current(day))

    def offers_of(self, partner_slug: str) -> tuple[Offer, ...]:
        """A partner's offers, whatever their status."""
        return tuple(offer for offer in self.offers if offer.partner == partner_slug)

    def partner_of(self, offer: Offer) -> Partner:
        return self.partners[offer.partner]

    def category(self, slug: str) -> Category:
        """The need with this slug; KeyError when there is none."""
        return _named(self.categories, slug)

    def programme(self, slug: str) -> Programme:
        """The programme with this slug; KeyError when there is none."""
        return _named(self.programmes, slug)

    def page(self, slug: str) -> Page:
        """The page with this slug; KeyError when there is none."""
        return _named(self.pages, slug)


def _named(items: Iterable[Named], slug: str) -> Named:
    for item in items:
        if item.slug == slug:
            return item
    raise KeyError(slug)
