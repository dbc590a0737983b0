"""What templates read: the catalogue's objects turned into finished words, colours and addresses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from markupsafe import Markup

from catalogue import CampaignCard, Catalogue, Category, Offer, Partner, money_text
from catalogue.calendar_words import day_text
from catalogue.departments import department_of
from catalogue.likeness import slugified
from locales import messages, text, typographic
from site_builder.colour import is_colour, readable_on
from site_builder.errors import PageRefused
from site_builder.groups import Group, by_tag, by_territory
from site_builder.markup import is_https, markdown
from site_builder.pictures import Gallery, PictureView, gallery, pictures_in_use

__all__ = [
    "CampaignView",
    "NeedView",
    "OfferView",
    "PartnerView",
    "PlaceView",
    "Views",
    "headline_size",
    "initials",
    "tint",
]

# What a category's icon key draws; any other key gets the last drawing.
_DRAWINGS = {
    "panier": "food",
    "bus": "move",
    "maison": "home",
    "coeur": "care",
    "billet": "play",
    "telephone": "gear",
}
# Outlines of drawn marks in a 48-unit square: circle, soft square, leaf, arch, hexagon.
_SHAPES = (
    "M24 2a22 22 0 110 44 22 22 0 010-44z",
    "M15 3h18a12 12 0 0112 12v18a12 12 0 01-12 12H15A12 12 0 013 33V15A12 12 0 0115 3z",
    "M3 3h24a18 18 0 0118 18v24H21A18 18 0 013 27z",
    "M4 45V23a20 20 0 0140 0v18a4 4 0 01-4 4z",
    "M20 2a8 8 0 018 0l13 8a8 8 0 014 7v14a8 8 0 01-4 7l-13 8a8 8 0 01-8 0L7 38a8 8 0 01-4-7V17a8 8 0 014-7z",
)
_SMALL_WORDS = frozenset(
    {"le", "la", "les", "l", "du", "de", "des", "d", "et", "à", "au", "aux", "en", "chez"}
)
_DEFAULT_COLOUR = "#2d1fd1"
# « jusqu'au 31 mars » can only be the next one while it is less than eleven months away.
YEAR_IS_PLAIN = timedelta(days=330)


@dataclass(frozen=True, slots=True)
class NeedView:
    """A need, with its colour's class and its drawing."""

    slug: str
    name: str
    short: str
    css: str
    drawing: str
    path: str
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class PartnerView:
    """A partner, with its logo, the drawn mark that stands in for one, and the class of its colour."""

    slug: str
    name: str
    summary: str
    website: str | None
    colour: str
    on_colour: str
    initials: str
    shape: str
    tint: str
    logo: PictureView | None
    path: str
    count: int


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where to go."""

    name: str
    address: str
    postcode: str
    commune: str
    hours: str | None


@dataclass(frozen=True, slots=True, eq=False)
class OfferView:
    """One offer in one language; content stays in its own language, what frames it is translated."""

    number: int
    slug: str
    path: str
    title: str
    summary: str
    headline: str
    headline_size: str
    partner: PartnerView
    need: NeedView
    until_iso: str
    until_text: str
    when_chip: str
    upcoming_text: str | None
    channel: str
    channel_chip: str
    steps: tuple[str, ...]
    steps_are_content: bool
    description: Markup | None
    picture: PictureView | None
    conditions: tuple[str, ...]
    not_allowed: tuple[str, ...]
    places: tuple[PlaceView, ...]
    validity: str
    limit_text: str
    who: str
    territory: str
    territories: tuple[Group, ...]
    tags: tuple[Group, ...]
    saving: str | None
    reviewed: str | None


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A few offers brought together for a season."""

    slug: str
    title: str
    summary: str
    css: str
    picture: PictureView | None
    until_iso: str
    until_text: str
    offers: tuple[OfferView, ...]


def tint(colour: str) -> str:
    """The class that carries a partner's colour; `Views.tint_css` writes its rule."""
    return f"tint-{colour.removeprefix('#')}"


def headline_size(headline: str) -> str:
    """Long headlines get smaller type; the same steps as `headlineSize` in web/site/ticket.ts."""
    if len(headline) <= 5:
        return "xl"
    return "l" if len(headline) <= 9 else "m"


def initials(name: str) -> str:
    """One or two capital letters for a drawn mark: « Les Cars du Plateau » → CP, « Vélo'cité » → VC."""
    words = [word for word in re.findall(r"[^\W_]+", name) if word.lower() not in _SMALL_WORDS]
    letters = [word[0] for word in words[:2]] or list(name[:1])
    return "".join(letters).upper()


def _shape(slug: str) -> str:
    return _SHAPES[hashlib.sha256(slug.encode()).digest()[0] % len(_SHAPES)]


class Views:
    """All views of one catalogue in one language on one day, made once and shared by the pages.

    Attributes:
        offers: usable or upcoming on that day, by number.
        campaigns: cards that are shown on that day.
        tags, territories: groups of these that have a page, by slug and by code.
        pictures: what these, and the partners, name; those of another language's views may be given again.
    """

    def __init__(self, catalogue: Catalogue, day: date, lang: str, pictures: Gallery | None = None) -> None:
        self._catalogue, self._day, self.lang = catalogue, day, lang
        self.sources = [o for o in catalogue.offers if o.is_current(day) or o.is_upcoming(day)]
        self.picture_names = pictures_in_use(catalogue, (offer.slug for offer in self.sources))
        self.pictures = gallery(catalogue, self.picture_names) if pictures is None else pictures
        self.needs = tuple(self._need(category) for category in catalogue.categories)
        self._needs = {need.slug: need for need in self.needs}
        self.partners = {slug: self._partner(catalogue.partners[slug]) for slug in self._slugs_in_use()}
        self.tags = by_tag(self.sources)
        self.territories = by_territory(self.sources, lang)
        self.offers = tuple(self._offer(offer) for offer in self.sources)
        self._by_number = {view.number: view for view in self.offers}
        shown = (self._campaign(card) for card in catalogue.campaigns if card.is_current(day))
        self.campaigns = tuple(card for card in shown if card.offers)

    def _slugs_in_use(self) -> list[str]:
        used = {offer.partner for offer in self.sources}
        return sorted(used, key=lambda slug: self._catalogue.partners[slug].name.casefold())

    def of(self, offers: Iterable[Offer]) -> tuple[OfferView, ...]:
        return tuple(self._by_number[offer.number] for offer in offers)

    @property
    def now_first(self) -> tuple[OfferView, ...]:
        """What can be used today before what begins later, as web/site/finder.ts puts them."""
        return tuple(sorted(self.offers, key=lambda view: view.upcoming_text is not None))

    def tint_css(self) -> str:
        """One rule for each colour in use: the policy allows no inline style."""
        colours = sorted({partner.colour for partner in self.partners.values()})
        return "".join(f".{tint(c)}{{--tint:{c};--on-tint:{readable_on(c)}}}" for c in colours)

    def need_css(self) -> str:
        """One class for each colour that a need or a campaign takes from the theme."""
        needs = {category.colour for category in self._catalogue.categories}
        names = sorted(needs | {card.colour for card in self._catalogue.campaigns})
        return "".join(f".need-{n}{{--need:var(--{n});--on-need:var(--on-{n})}}" for n in names)

    def _words(self, sentence: str) -> str:
        # Content is French whatever the interface speaks.
        return typographic(sentence, "fr")

    def _need(self, category: Category) -> NeedView:
        return NeedView(
            slug=category.slug,
            name=self._words(category.name),
            short=self._words(category.short),
            css=f"need-{category.colour}",
            drawing=_DRAWINGS.get(category.icon, "gear"),
            path=f"besoins/{category.slug}/",
            count=sum(category.slug in offer.categories for offer in self.sources),
        )

    def _partner(self, partner: Partner) -> PartnerView:
        colour = partner.colour if partner.colour is not None else _DEFAULT_COLOUR
        if not is_colour(colour):
            raise PageRefused(f"La couleur du partenaire {partner.slug} doit s'écrire « #1a2b3c ».")
        return PartnerView(
            slug=partner.slug,
            name=self._words(partner.name),
            summary=self._words(partner.summary),
            website=_https(partner.website, partner.slug),
            colour=colour,
            on_colour=readable_on(colour),
            initials=initials(partner.name),
            shape=_shape(partner.slug),
            tint=tint(colour),
            logo=self.pictures.view(partner.logo),
            path=f"partenaires/{partner.slug}/",
            count=sum(offer.partner == partner.slug for offer in self.sources),
        )

    def _offer(self, offer: Offer) -> OfferView:
        lang, words = self.lang, self._words
        start, end = day_text(offer.valid_from, lang), day_text(offer.valid_until, lang)
        until_text = text("site.js.until", lang, day=self._short_day(offer.valid_until))
        upcoming = offer.is_upcoming(self._day)
        return OfferView(
            number=offer.number,
            slug=offer.slug,
            path=f"offres/{offer.slug}/",
            title=words(offer.title),
            summary=words(offer.summary),
            headline=words(offer.headline),
            headline_size=headline_size(offer.headline),
            partner=self.partners[offer.partner],
            need=self._needs[offer.categories[0]],
            until_iso=offer.valid_until.isoformat(),
            until_text=until_text,
            when_chip=text("site.js.from", lang, day=self._short_day(offer.valid_from))
            if upcoming
            else until_text,
            upcoming_text=text("site.offer.upcoming", lang, day=start) if upcoming else None,
            channel=offer.channel,
            channel_chip=text(f"site.js.channel.{offer.channel}", lang),
            steps_are_content=bool(offer.steps),
            steps=tuple(map(words, offer.steps)) if offer.steps else default_steps(offer, lang),
            description=markdown(offer.description) if offer.description else None,
            picture=self.pictures.view(offer.image),
            conditions=tuple(map(words, offer.conditions)),
            not_allowed=tuple(map(words, offer.not_allowed)),
            places=tuple(
                PlaceView(
                    words(p.name), words(p.address), p.postcode, words(p.commune), p.hours and words(p.hours)
                )
                for p in offer.places
            ),
            validity=text("site.offer.from_to", lang, start=start, end=end),
            limit_text=self._limit(offer),
            who=self._who(offer),
            territory=words(offer.territory.label),
            territories=self._territories(offer),
            tags=tuple(self.tags[slug] for slug in map(slugified, offer.tags) if slug in self.tags),
            saving=self._saving(offer),
            reviewed=day_text(offer.reviewed, lang) if offer.reviewed else None,
        )

    def _campaign(self, card: CampaignCard) -> CampaignView:
        by_slug = {view.slug: view for view in self.offers}
        return CampaignView(
            slug=card.slug,
            title=self._words(card.title),
            summary=self._words(card.summary),
            css=f"need-{card.colour}",
            picture=self.pictures.view(card.image),
            until_iso=card.valid_until.isoformat(),
            until_text=text("site.js.until", self.lang, day=self._short_day(card.valid_until)),
            offers=tuple(by_slug[slug] for slug in card.offers if slug in by_slug),
        )

    def _short_day(self, day: date) -> str:
        """« 31 déc. », with its year when it is far away; as `shortDay` of web/site/calendar.ts writes it."""
        number, _, year = day_text(day, self.lang).split(" ")
        parts = [number, text(f"site.js.month.{day.month}", self.lang)]
        return " ".join(parts if day - self._day <= YEAR_IS_PLAIN else [*parts, year])

    def _territories(self, offer: Offer) -> tuple[Group, ...]:
        codes = offer.territory.codes
        wanted = ("france",) if offer.territory.kind == "national" else map(department_of, codes)
        return tuple(self.territories[code] for code in dict.fromkeys(wanted) if code in self.territories)

    def _limit(self, offer: Offer) -> str:
        if offer.limit.uses == 0:
            return text("site.offer.unlimited", self.lang)
        return text(f"site.offer.limit_{offer.limit.period}", self.lang, count=offer.limit.uses)

    def _who(self, offer: Offer) -> str:
        names = [self._words(self._catalogue.programme(slug).name) for slug in offer.programmes]
        parts = [" · ".join(names) or text("site.offer.everyone", self.lang)]
        if offer.age:
            parts.append(text("site.offer.ages", self.lang, min=offer.age.min, max=offer.age.max))
        return ", ".join(parts)

    def _saving(self, offer: Offer) -> str | None:
        if offer.saving is None:
            return None
        if offer.saving.kind == "free_text":
            return self._words(offer.saving.text)
        amount = typographic(money_text(offer.saving.estimated_cents), "fr")
        return text("site.offer.saving_about", self.lang, amount=amount)


def default_steps(offer: Offer, lang: str) -> tuple[str, ...]:
    """The usual steps of a way of use, numbered from 1 without a gap in locales."""
    return _usual_steps(offer.use.kind, lang)


@cache
def _usual_steps(kind: str, lang: str) -> tuple[str, ...]:
    prefix = f"steps.{kind}."
    found = {k: v for k, v in messages("catalogue", lang).items() if k.startswith(prefix)}
    return tuple(found[f"{prefix}{number}"] for number in range(1, len(found) + 1))


def _https(address: str | None, slug: str) -> str | None:
    """The model takes https only; a page checks again, since autoescape does not stop `javascript:`."""
    if address is not None and not is_https(address):
        raise PageRefused(f"L'adresse du partenaire {slug} n'est pas en https : corrigez « website ».")
    return address
