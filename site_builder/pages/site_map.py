"""The pages of the site: every address, its template and the template's values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from catalogue import Catalogue, Offer, Page
from catalogue.model.ways_of_use import KINDS
from catalogue.problems.calendar_words import day_text
from cje.locales import text, typographic
from site_builder.errors import PageRefused
from site_builder.files.policy import BUILT, Kind
from site_builder.pages.listings import listing_pages
from site_builder.pages.markup import Prose
from site_builder.pages.offer_page import OfferPage
from site_builder.pages.offer_views import TicketView
from site_builder.pages.partner_kit import BECOME, kit_pages
from site_builder.pages.site_page import SitePage
from site_builder.pages.statistics_pages import statistics_pages
from site_builder.pages.views import Views

if TYPE_CHECKING:
    from voucher.statistics import Published

__all__ = ["HOW", "SitePage", "content_pages"]

HOW = "comment-ca-marche"
ON_HOME = 6
# As many as web/site/finder.ts draws at once: nothing moves when it takes over.
ON_SEARCH = 30
SIMILAR = 3


def content_pages(catalogue: Catalogue, views: Views, history: Sequence[Published] = ()) -> list[SitePage]:
    """Every page of one language; `history` is what was published of the card's use.

    Raises:
        PageRefused: two pages want one address.
    """
    pages = [
        _home(catalogue, views),
        *listing_pages(views),
        *_offers(views),
        *_partners(catalogue, views),
        *_tools(catalogue, views),
        *statistics_pages(views, history),
        *_editorial(catalogue, views),
    ]
    addresses = [page.address for page in pages]
    if len({*addresses}) < len(addresses):
        twice = next(address for address, count in Counter(addresses).items() if count > 1)
        raise PageRefused("address_twice", address=twice)
    return pages


def _home(catalogue: Catalogue, views: Views) -> SitePage:
    site = catalogue.site
    return SitePage(
        path="",
        lang=views.lang,
        name="home",
        section="home",
        template="home.html",
        title=f"{site.name} · {typographic(site.tagline)}",
        description=text("site.home.lead", views.lang),
        context={
            "offer_count": len(views.offers),
            "needs": views.needs,
            "campaigns": views.campaigns,
            "now": views.of(_one_of_each_need(catalogue, views.current)),
            "soon": views.of(views.soon[:ON_HOME]),
            "fresh": views.of(views.fresh[:SIMILAR]),
            "partners": tuple(views.partners.values())[:12],
        },
    )


def _one_of_each_need(catalogue: Catalogue, current: Sequence[Offer]) -> list[Offer]:
    """Return the offer with the greatest saving of each need, so that the first screen shows every need."""
    best: dict[str, tuple[int, Offer]] = {}
    for offer in current:
        need, saving = offer.categories[0], offer.estimated_cents or 0
        if need not in best or saving > best[need][0]:  # of equals the first
            best[need] = saving, offer
    slugs = [category.slug for category in catalogue.categories if category.slug in best]
    return [best[slug][1] for slug in slugs][:ON_HOME]


def _offers(views: Views) -> Iterator[SitePage]:
    by_need: dict[str, list[TicketView]] = {}
    for view in views.offers:
        by_need.setdefault(view.source.categories[0], []).append(view)
    made_from: dict[TicketView, tuple[TicketView, ...]] = {}
    for alike in by_need.values():
        # The next ones of the same need, round and round: every offer is pointed at as often as the others.
        twice, similar = alike * 2, min(SIMILAR, len(alike) - 1)
        nexts = zip(*(twice[step : step + len(alike)] for step in range(similar + 1)), strict=True)
        made_from.update(zip(alike, nexts, strict=True))
    for view in views.offers:
        yield OfferPage.of(views, made_from[view])


def _partners(catalogue: Catalogue, views: Views) -> Iterator[SitePage]:
    yield SitePage(
        path="partenaires/",
        lang=views.lang,
        name="partners",
        section="partners",
        template="partners.html",
        title=text("site.partners.title", views.lang),
        description=text("site.partners.description", views.lang),
        context={"partners": tuple(views.partners.values())},
    )
    offers: dict[str, list[TicketView]] = {slug: [] for slug in views.partners}
    for offer in views.offers:
        offers[offer.partner.slug].append(offer)
    for partner in views.partners.values():
        yield SitePage(
            path=partner.path,
            lang=views.lang,
            name="partner",
            section="partners",
            template="partner.html",
            title=partner.name,
            description=partner.summary,
            context={
                "partner": partner,
                "offers": offers[partner.slug],
            },
        )


def _tools(catalogue: Catalogue, views: Views) -> Iterator[SitePage]:
    def tool(
        name: str, path: str, template: str, hidden: bool = False, kind: Kind = "page", **context: Any
    ) -> SitePage:
        return SitePage(
            path=path,
            lang=views.lang,
            name=name,
            section=name,
            template=template,
            title=text(f"site.{name}.title", views.lang),
            description=text(f"site.{name}.description", views.lang),
            heading=text(f"site.{name}.title", views.lang),
            noindex=hidden,
            kind=kind,
            context=context,
        )

    yield tool(
        "search",
        "recherche/",
        "search.html",
        needs=views.needs,
        programmes=catalogue.programmes,
        offers=views.of((views.current + views.upcoming)[:ON_SEARCH]),
        total=len(views.offers),
    )
    yield tool("favourites", "favoris/", "favourites.html")
    built = day_text(views.day, views.lang)
    yield tool("built", BUILT, "built.html", True, "framed", built_text=built)
    # No menu links to these two pages: browsers show them when a page is missing or the network is.
    yield tool("offline", "hors-ligne/", "offline.html", True, intro=text("site.offline.intro", views.lang))
    if views.lang == "fr":
        both = {code: text("site.missing.intro", code) for code in catalogue.site.languages}
        yield tool("missing", "404.html", "missing.html", True, intro=both.pop("fr"), other_intros=both)


def _editorial(catalogue: Catalogue, views: Views) -> Iterator[SitePage]:
    pages = {page.slug: page for page in catalogue.pages}
    yield _how(catalogue, views, pages.get(HOW))
    yield from kit_pages(catalogue, views.lang, pages.get(BECOME))
    for page in catalogue.pages:
        if page.slug in {HOW, BECOME}:
            continue
        title = typographic(page.title)
        yield SitePage(
            path=f"{page.slug}/",
            lang=views.lang,
            name="text",
            template="text.html",
            title=title,
            heading=title,
            description=typographic(page.summary),
            context={"intro": typographic(page.summary), "body": Prose(page.body), "body_lang": "fr"},
        )


def _how(catalogue: Catalogue, views: Views, page: Page | None) -> SitePage:
    return SitePage(
        path=f"{HOW}/",
        lang=views.lang,
        name="how",
        section="how",
        template="how.html",
        title=text("site.how.title", views.lang),
        description=text("site.how.lead", views.lang),
        context={
            "kinds": KINDS,
            "programmes": catalogue.programmes,
            "body": Prose(page.body) if page else None,
        },
    )
