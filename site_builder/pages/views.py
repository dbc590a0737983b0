"""Values for templates: the catalogue's objects as texts, colours and addresses."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from catalogue import CampaignCard, Catalogue, Category, Offer, Partner
from catalogue.model.departments import department_of
from cje.locales import typographic
from site_builder.errors import PageRefused
from site_builder.pages.colour import is_colour, readable_on
from site_builder.pages.groups import Group, by_tag, by_territory, ends_soon, new_ones, slug_of
from site_builder.pages.markup import is_https
from site_builder.pages.offer_views import YEAR_IS_PLAIN, OfferView, TicketView, until_text
from site_builder.pages.pictures import Gallery, PictureView, gallery, pictures_in_use

__all__ = ["CampaignView", "NeedView", "PartnerView", "Views", "initials", "tint"]

# The drawing for each icon key of a category; any other key gets the last drawing.
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


@dataclass(frozen=True, slots=True, eq=False)
class NeedView:
    """A need, with the CSS class of its colour and its drawing."""

    slug: str
    name: str
    short: str
    css: str
    drawing: str
    path: str
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class PartnerView:
    """A partner, with its logo, its initials and shape as a substitute, and the CSS class of its colour."""

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
class CampaignView:
    """A campaign: a card with a few offers for a season."""

    slug: str
    title: str
    summary: str
    css: str
    picture: PictureView | None
    until_iso: str
    until_text: str
    offers: tuple[TicketView, ...]


def tint(colour: str) -> str:
    """Return the CSS class of a partner's colour; `Views.tint_css` writes its rule."""
    return f"tint-{colour.removeprefix('#')}"


def initials(name: str) -> str:
    """Return one or two capital letters: « Les Cars du Plateau » → CP, « Vélo'cité » → VC."""
    words = [word for word in re.findall(r"[^\W_]+", name) if word.lower() not in _SMALL_WORDS]
    letters = [word[0] for word in words[:2]] or list(name[:1])
    return "".join(letters).upper()


def _shape(slug: str) -> str:
    return _SHAPES[hashlib.sha256(slug.encode()).digest()[0] % len(_SHAPES)]


class Views:
    """All views of one catalogue in one language on one day. The pages share them.

    Attributes:
        sources: offers that are current or upcoming on that day, by number.
        current: offers that can be used on that day.
        upcoming: offers that begin later.
        soon: current offers that end soon, earliest first.
        fresh: current offers that are new, newest first.
        offers: tickets of `sources`, in the same order.
        prefix: the text before a page's path in its address, `""` or `en/`.
        campaigns: campaigns that are current on that day.
        tags: groups of tags that have a page, by slug.
        territories: groups of territories that have a page, by code.
        far: dates after this day are shown with their year.
        pictures: pictures of offers, campaigns and partners; views of two languages can share them.
    """

    def __init__(self, catalogue: Catalogue, day: date, lang: str, pictures: Gallery | None = None) -> None:
        self.catalogue, self.day, self.lang = catalogue, day, lang
        self.far = day + YEAR_IS_PLAIN
        self.prefix = "" if lang == "fr" else f"{lang}/"
        self.current = [offer for offer in catalogue.offers if offer.is_current(day)]
        self.upcoming = [offer for offer in catalogue.offers if offer.is_upcoming(day)]
        self.sources = sorted(self.current + self.upcoming, key=attrgetter("number"))
        self.soon, self.fresh = ends_soon(self.current, day), new_ones(self.current, day)
        self.picture_names = pictures_in_use(catalogue, self.sources)
        self.pictures = gallery(catalogue, self.picture_names) if pictures is None else pictures
        self._counts = Counter(offer.partner for offer in self.sources)
        in_need: Counter[str] = Counter()
        for categories, count in Counter(offer.categories for offer in self.sources).items():
            in_need.update(dict.fromkeys(categories, count))
        self.needs = tuple(self._need(category, in_need) for category in catalogue.categories)
        self.need = {need.slug: need for need in self.needs}
        self.partners = {slug: self._partner(catalogue.partners[slug]) for slug in self._slugs_in_use()}
        self.tags = by_tag(self.sources)
        self.territories = by_territory(self.sources, lang)
        self._at: dict[tuple[str, ...] | None, tuple[Group, ...]] = {}
        self._of_tags: dict[tuple[str, ...], tuple[Group, ...]] = {}
        self.offers = tuple(TicketView(offer, self) for offer in self.sources)
        self._by_number = {offer.number: view for offer, view in zip(self.sources, self.offers, strict=True)}
        shown = (self._campaign(card) for card in catalogue.campaigns if card.is_current(day))
        self.campaigns = tuple(card for card in shown if card.offers)

    def groups_at(self, codes: tuple[str, ...] | None) -> tuple[Group, ...]:
        """Return the territories whose pages list an offer for these codes; None is for a national offer."""
        found = self._at.get(codes)
        if found is None:
            wanted = ("france",) if codes is None else dict.fromkeys(map(department_of, codes))
            found = tuple(self.territories[code] for code in wanted if code in self.territories)
            self._at[codes] = found
        return found

    def groups_of(self, tags: tuple[str, ...]) -> tuple[Group, ...]:
        """Return the groups whose pages list an offer with these tags."""
        found = self._of_tags.get(tags)
        if found is None:
            found = tuple(self.tags[slug] for slug in map(slug_of, tags) if slug in self.tags)
            self._of_tags[tags] = found
        return found

    def _slugs_in_use(self) -> list[str]:
        used = {offer.partner for offer in self.sources}
        return sorted(used, key=lambda slug: self.catalogue.partners[slug].name.casefold())

    def whole(self, ticket: TicketView) -> OfferView:
        """Return the values of the offer's own page."""
        return OfferView(ticket.whole_source, self)

    def of(self, offers: Iterable[Offer]) -> tuple[TicketView, ...]:
        return tuple(self._by_number[offer.number] for offer in offers)

    def numbered(self, numbers: Iterable[int]) -> list[TicketView]:
        """Return the tickets of these offers, by number."""
        return [self._by_number[number] for number in sorted(numbers)]

    def tint_css(self) -> str:
        """Return a CSS rule for each partner's colour: the content policy allows no inline style."""
        colours = sorted({partner.colour for partner in self.partners.values()})
        return "".join(f".{tint(c)}{{--tint:{c};--on-tint:{readable_on(c)}}}" for c in colours)

    def need_css(self) -> str:
        """Return a CSS class for each theme colour of a need or a campaign."""
        needs = {category.colour for category in self.catalogue.categories}
        names = sorted(needs | {card.colour for card in self.catalogue.campaigns})
        return "".join(f".need-{n}{{--need:var(--{n});--on-need:var(--on-{n})}}" for n in names)

    def _need(self, category: Category, offers: Counter[str]) -> NeedView:
        return NeedView(
            slug=category.slug,
            name=typographic(category.name),
            short=typographic(category.short),
            css=f"need-{category.colour}",
            drawing=_DRAWINGS.get(category.icon, "gear"),
            path=f"besoins/{category.slug}/",
            count=offers[category.slug],
        )

    def _partner(self, partner: Partner) -> PartnerView:
        colour = partner.colour if partner.colour is not None else _DEFAULT_COLOUR
        if not is_colour(colour):
            raise PageRefused("partner_colour", partner=partner.slug)
        return PartnerView(
            slug=partner.slug,
            name=typographic(partner.name),
            summary=typographic(partner.summary),
            website=_https(partner.website, partner.slug),
            colour=colour,
            on_colour=readable_on(colour),
            initials=initials(partner.name),
            shape=_shape(partner.slug),
            tint=tint(colour),
            logo=self.pictures.view(partner.logo),
            path=f"partenaires/{partner.slug}/",
            count=self._counts[partner.slug],
        )

    def _campaign(self, card: CampaignCard) -> CampaignView:
        by_slug = {view.slug: view for view in self.offers if view.slug in card.offers}
        return CampaignView(
            slug=card.slug,
            title=typographic(card.title),
            summary=typographic(card.summary),
            css=f"need-{card.colour}",
            picture=self.pictures.view(card.image),
            until_iso=card.valid_until.isoformat(),
            until_text=until_text(card.valid_until, self.day, self.lang),
            offers=tuple(by_slug[slug] for slug in card.offers if slug in by_slug),
        )


def _https(address: str | None, slug: str) -> str | None:
    """Return an https address. The model checks it already; autoescape would not stop `javascript:` here."""
    if address is not None and not is_https(address):
        raise PageRefused("partner_website", partner=slug)
    return address
