"""Values of an offer for templates: the ticket, from facts in memory, and the whole offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from catalogue import Offer, Place, money_text
from catalogue.problems.calendar_words import day_text
from cje.locales import messages, text, typographic
from site_builder.pages.groups import Group
from site_builder.pages.markup import markdown

if TYPE_CHECKING:
    from site_builder.pages.views import NeedView, PartnerView, Views

__all__ = ["OfferView", "PlaceView", "TicketView", "default_steps", "headline_size", "short_day"]

# « jusqu'au 31 mars » is clear without a year only for a date less than eleven months away.
YEAR_IS_PLAIN = timedelta(days=330)


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place of an offer."""

    name: str
    address: str
    postcode: str
    commune: str
    hours: str | None


class TicketView:
    """An offer in a list, in one language. Content stays French, and the interface is translated.

    No value is cached: 100,000 tickets would not fit into memory.
    """

    __slots__ = ("_views", "source")

    def __init__(self, source: Offer, views: Views) -> None:
        self.source, self._views = source, views

    @property
    def whole_source(self) -> Offer:
        """The whole offer, loaded when only its facts are in memory."""
        whole: Offer = getattr(self.source, "whole", self.source)
        return whole

    @property
    def number(self) -> int:
        return self.source.number

    @property
    def slug(self) -> str:
        return self.source.slug

    @property
    def path(self) -> str:
        return f"offres/{self.source.slug}/"

    @property
    def title(self) -> str:
        return typographic(self.source.title)

    @property
    def summary(self) -> str:
        return typographic(self.source.summary)

    @property
    def headline(self) -> str:
        return typographic(self.source.headline)

    @property
    def headline_size(self) -> str:
        return headline_size(self.source.headline)

    @property
    def partner(self) -> PartnerView:
        return self._views.partners[self.source.partner]

    @property
    def need(self) -> NeedView:
        return self._views.need[self.source.categories[0]]

    @property
    def until_iso(self) -> str:
        return self.source.valid_until.isoformat()

    @property
    def until_text(self) -> str:
        return until_text(self.source.valid_until, self._views.day, self._views.lang)

    @property
    def said_today(self) -> str:
        """Names which of the words that change with the day it says; nothing for the many that say the usual.

        They change when the offer begins, and when its first or last day comes so near that the year goes.
        """
        source, views = self.source, self._views
        start, end = source.valid_from, source.valid_until
        if start <= views.day and end <= views.far:
            return ""
        return f"{start > views.day} {start > views.far} {end > views.far}"

    @property
    def is_upcoming(self) -> bool:
        return self.source.is_upcoming(self._views.day)

    @property
    def when_chip(self) -> str:
        if not self.is_upcoming:
            return self.until_text
        day = short_day(self.source.valid_from, self._views.day, self._views.lang)
        return text("site.js.from", self._views.lang, day=day)

    @property
    def upcoming_text(self) -> str | None:
        if not self.is_upcoming:
            return None
        lang = self._views.lang
        return text("site.offer.upcoming", lang, day=day_text(self.source.valid_from, lang))

    @property
    def channel(self) -> str:
        return self.source.channel

    @property
    def channel_chip(self) -> str:
        return text(f"site.js.channel.{self.source.channel}", self._views.lang)

    @property
    def territories(self) -> tuple[Group, ...]:
        territory = self.source.territory
        return self._views.groups_at(territory.codes if territory.kind != "national" else None)

    @property
    def tags(self) -> tuple[Group, ...]:
        return self._views.groups_of(self.source.tags)

    @property
    def published_picture(self) -> str:
        """The published path of the picture, which includes a hash of its bytes; empty without a picture."""
        name = self.source.image_file
        return self._views.pictures.found[name][0] if name is not None else ""


class OfferView:
    """All values of an offer's page. They are cached as long as the page is rendered."""

    def __init__(self, source: Offer, views: Views) -> None:
        lang, ticket = views.lang, TicketView(source, views)
        self.source = source
        self.number, self.slug, self.path = ticket.number, ticket.slug, ticket.path
        self.title, self.summary = ticket.title, ticket.summary
        self.headline, self.headline_size = ticket.headline, ticket.headline_size
        self.partner, self.need = ticket.partner, ticket.need
        self.until_iso, self.until_text = ticket.until_iso, ticket.until_text
        self.when_chip, self.upcoming_text = ticket.when_chip, ticket.upcoming_text
        self.channel, self.channel_chip = ticket.channel, ticket.channel_chip
        self.tags, self.territories = ticket.tags, ticket.territories
        self.steps_are_content = bool(source.steps)
        self.steps = _lines(source.steps) if source.steps else default_steps(source, lang)
        self.description = markdown(source.description) if source.description else None
        self.picture = views.pictures.view(source.image)
        self.conditions, self.not_allowed = _lines(source.conditions), _lines(source.not_allowed)
        self.places = tuple(map(_place, source.places))
        start, end = day_text(source.valid_from, lang), day_text(source.valid_until, lang)
        self.validity = text("site.offer.from_to", lang, start=start, end=end)
        self.limit_text = _limit_text(source, lang)
        self.who = _who(source, views)
        self.territory = typographic(source.territory.label)
        self.saving = _saving(source, lang)
        self.reviewed = day_text(source.reviewed, lang) if source.reviewed else None


def _place(place: Place) -> PlaceView:
    return PlaceView(
        typographic(place.name),
        typographic(place.address),
        place.postcode,
        typographic(place.commune),
        place.hours and typographic(place.hours),
    )


def _limit_text(offer: Offer, lang: str) -> str:
    if offer.limit.uses == 0:
        return text("site.offer.unlimited", lang)
    return text(f"site.offer.limit_{offer.limit.period}", lang, count=offer.limit.uses)


def _who(offer: Offer, views: Views) -> str:
    names = [typographic(views.catalogue.programme(slug).name) for slug in offer.programmes]
    parts = [" · ".join(names) or text("site.offer.everyone", views.lang)]
    if offer.age:
        parts.append(text("site.offer.ages", views.lang, min=offer.age.min, max=offer.age.max))
    return ", ".join(parts)


def _saving(offer: Offer, lang: str) -> str | None:
    saving = offer.saving
    if saving is None:
        return None
    if saving.kind == "free_text":
        return typographic(saving.text)
    amount = typographic(money_text(saving.estimated_cents), "fr")
    return text("site.offer.saving_about", lang, amount=amount)


def _lines(sentences: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(typographic, sentences))


@lru_cache(4_096)
def short_day(day: date, today: date, lang: str) -> str:
    """Return « 31 déc. », with the year for a distant date, as `shortDay` of web/site/calendar.ts does."""
    number = text("site.js.month.first", lang) if day.day == 1 else str(day.day)
    parts = [number, text(f"site.js.month.{day.month}", lang)]
    return " ".join(parts if day - today <= YEAR_IS_PLAIN else [*parts, str(day.year)])


@lru_cache(4_096)
def until_text(day: date, today: date, lang: str) -> str:
    """Return « jusqu'au 31 déc. », with the year for a distant date."""
    return text("site.js.until", lang, day=short_day(day, today, lang))


def headline_size(headline: str) -> str:
    """Return the size of a headline, smaller when it is long, as `headlineSize` of web/site/ticket.ts."""
    if len(headline) <= 5:
        return "xl"
    return "l" if len(headline) <= 9 else "m"


def default_steps(offer: Offer, lang: str) -> tuple[str, ...]:
    """Return the default steps of a way of use. Locales number them from 1 without a gap."""
    return _usual_steps(offer.use.kind, lang)


@cache
def _usual_steps(kind: str, lang: str) -> tuple[str, ...]:
    prefix = f"steps.{kind}."
    found = {k: v for k, v in messages("catalogue", lang).items() if k.startswith(prefix)}
    return tuple(found[f"{prefix}{number}"] for number in range(1, len(found) + 1))
