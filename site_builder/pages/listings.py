"""Pages with lists of offers: all, by need, by tag, by department, new offers, last days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cje.locales import text
from site_builder.pages.groups import Group
from site_builder.pages.offer_views import TicketView
from site_builder.pages.site_page import SitePage
from site_builder.pages.views import NeedView, Views

__all__ = ["OFFERS_A_PAGE", "listing_pages"]

# A long page is slow to draw on a small phone; 60 tickets are about 6 kB gzip.
OFFERS_A_PAGE = 60


@dataclass(frozen=True, slots=True)
class Pager:
    """The position of a page in a list of several pages."""

    number: int
    count: int
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list before it is divided into pages.

    Attributes:
        name: value of `data-page`.
        chip: the selected filter above the list.
        is_content: the title comes from the content, so it is French on every page.
        empty: the text of an empty list.
    """

    name: str
    path: str
    title: str
    description: str
    offers: Sequence[TicketView]
    chip: str = ""
    need: NeedView | None = None
    group: Group | None = None
    is_content: bool = False
    empty: str = "listing.none"


def listing_pages(views: Views) -> Iterator[SitePage]:
    """Yield all lists of one language, and the directory of departments."""
    for listing in _listings(views):
        yield from _paged(listing, views)
    title = text("site.territories.title", views.lang)
    yield SitePage(
        path="territoires/",
        lang=views.lang,
        name="territories",
        section="offers",
        template="territories.html",
        title=title,
        description=text("site.territories.description", views.lang),
        heading=title,
        context={"territories": tuple(views.territories.values()), "needs": views.needs},
    )


def _listings(views: Views) -> Iterator[Listing]:
    lang = views.lang
    yield Listing(
        "listing",
        "offres/",
        text("site.listing.title", lang),
        text("site.listing.description", lang),
        views.offers,
        chip="all",
    )
    by_need: dict[str, list[TicketView]] = {need.slug: [] for need in views.needs}
    for offer in views.offers:
        for slug in offer.source.categories:
            by_need[slug].append(offer)
    for need in views.needs:
        description = text("site.listing.need_description", lang, name=need.name)
        yield Listing(
            "listing",
            need.path,
            need.name,
            description,
            by_need[need.slug],
            chip=need.slug,
            need=need,
            is_content=True,
        )
    yield _fresh(views)
    yield _last_days(views)
    for name, groups in (("tag", views.tags), ("territory", views.territories)):
        for group in groups.values():
            yield Listing(
                name,
                group.path,
                group.name if name == "territory" else _capital(group.name),
                text(f"site.listing.{name}_description", lang, name=group.name),
                views.numbered(group.numbers),
                group=group,
                is_content=group.is_content,
            )


def _fresh(views: Views) -> Listing:
    lang, new = views.lang, views.of(views.fresh)
    title, description = text("site.listing.fresh_title", lang), text("site.listing.fresh_description", lang)
    return Listing(
        "listing", "nouveautes/", title, description, new, chip="fresh", empty="listing.none_fresh"
    )


def _last_days(views: Views) -> Listing:
    lang, soon = views.lang, views.of(views.soon)
    title, description = text("site.listing.soon_title", lang), text("site.listing.soon_description", lang)
    return Listing(
        "listing", "derniers-jours/", title, description, soon, chip="soon", empty="listing.none_soon"
    )


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _paged(listing: Listing, views: Views) -> Iterator[SitePage]:
    count = max(1, -(-len(listing.offers) // OFFERS_A_PAGE))
    paths = [listing.path, *(f"{listing.path}page-{number}/" for number in range(2, count + 1))]
    for index, address in enumerate(paths):
        title = listing.title
        if index:
            title = text("site.listing.page_title", views.lang, title=title, number=index + 1)
        yield SitePage(
            path=address,
            lang=views.lang,
            name=listing.name,
            section="offers",
            template="listing.html",
            title=title,
            description=listing.description,
            card=listing.need.slug if listing.need else None,
            context={
                "heading": listing.title,
                "heading_is_content": listing.is_content,
                "chip": listing.chip,
                "need": listing.need,
                "group": listing.group,
                "empty": listing.empty,
                "needs": views.needs,
                "everywhere": views.territories.get("france"),
                "total": len(listing.offers),
                "offers": listing.offers[index * OFFERS_A_PAGE : (index + 1) * OFFERS_A_PAGE],
                "pages": Pager(
                    index + 1,
                    count,
                    paths[index - 1] if index else None,
                    paths[index + 1] if index + 1 < count else None,
                ),
            },
        )
