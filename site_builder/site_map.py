"""Which pages the site has: every address, its template and what the template reads. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from catalogue import Catalogue, Offer, Page
from catalogue.ways_of_use import KINDS
from locales import text, typographic
from site_builder.errors import PageRefused
from site_builder.markup import markdown
from site_builder.policy import Kind
from site_builder.structured import offer_data
from site_builder.views import NeedView, OfferView, Views

__all__ = ["HOW", "SitePage", "content_pages"]

HOW = "comment-ca-marche"
# A long page is slow to draw on a small phone; 60 tickets are about 6 kB gzip.
OFFERS_A_PAGE = 60
ON_HOME = 6
SIMILAR = 3
NEW_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page in one language.

    Attributes:
        path: folder below the language's home, `""` for home, `offres/x/`; or a file name such as `404.html`.
        name: what `data-page` says; scripts and tests choose by it.
        section: the tab that is lit.
    """

    path: str
    lang: str
    name: str
    template: str
    title: str
    description: str
    heading: str = ""
    section: str = ""
    body_class: str = ""
    kind: Kind = "page"
    noindex: bool = False
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Path from the site's root: French at the root, other languages below their code."""
        if self.name == "till":
            return "caisse/" if self.lang == "fr" else f"caisse/{self.lang}/"
        return self.path if self.lang == "fr" else f"{self.lang}/{self.path}"

    @property
    def file(self) -> str:
        return f"{self.address}index.html" if not self.address or self.address.endswith("/") else self.address


@dataclass(frozen=True, slots=True)
class Pager:
    """Where one page stands in a list cut into several."""

    number: int
    count: int
    previous: str | None
    next: str | None


def content_pages(catalogue: Catalogue, views: Views, day: date) -> list[SitePage]:
    """Every page of one language.

    Raises:
        PageRefused: two pages want one address.
    """
    pages = [
        _home(catalogue, views, day),
        *_listings(views),
        *_offers(catalogue, views),
        *_partners(catalogue, views),
        *_tools(catalogue, views),
        *_editorial(catalogue, views),
    ]
    seen: set[str] = set()
    for page in pages:
        if page.address in seen:
            raise PageRefused(
                f"Deux pages veulent l'adresse /{page.address} : renommez le fichier de contenu de ce nom."
            )
        seen.add(page.address)
    return pages


def _home(catalogue: Catalogue, views: Views, day: date) -> SitePage:
    current = [offer for offer in views.sources if offer.is_current(day)]
    soon = sorted((o for o in current if o.ends_soon(day)), key=lambda o: (o.valid_until, o.number))
    fresh = sorted(
        (o for o in current if day - o.valid_from <= NEW_FOR),
        key=lambda o: (-o.valid_from.toordinal(), o.number),
    )
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
            "now": views.of(_one_of_each_need(catalogue, current)),
            "soon": views.of(soon[:ON_HOME]),
            "fresh": views.of(fresh[:SIMILAR]),
            "partners": tuple(views.partners.values())[:12],
        },
    )


def _one_of_each_need(catalogue: Catalogue, current: Sequence[Offer]) -> list[Offer]:
    """For each need the offer that saves most, so that the first screen shows the whole range."""
    chosen: dict[int, Offer] = {}
    for category in catalogue.categories:
        candidates = [o for o in current if category.slug == o.categories[0] and o.number not in chosen]
        if candidates:
            best = max(candidates, key=lambda o: (o.estimated_cents or 0, -o.number))
            chosen[best.number] = best
    return list(chosen.values())[:ON_HOME]


def _listings(views: Views) -> Iterator[SitePage]:
    title = text("site.listing.title", views.lang)
    yield from _paged(
        "offres/", title, text("site.listing.description", views.lang), None, views.offers, views
    )
    for need in views.needs:
        numbers = {o.number for o in views.sources if need.slug in o.categories}
        offers = [offer for offer in views.offers if offer.number in numbers]
        description = text("site.listing.need_description", views.lang, name=need.name)
        yield from _paged(need.path, need.name, description, need, offers, views)


def _paged(
    path: str, title: str, description: str, need: NeedView | None, offers: Sequence[OfferView], views: Views
) -> Iterator[SitePage]:
    count = max(1, -(-len(offers) // OFFERS_A_PAGE))
    paths = [path, *(f"{path}page-{number}/" for number in range(2, count + 1))]
    for index, address in enumerate(paths):
        named = text("site.listing.page_title", views.lang, title=title, number=index + 1) if index else title
        yield SitePage(
            path=address,
            lang=views.lang,
            name="listing",
            section="offers",
            template="listing.html",
            title=named,
            description=description,
            context={
                "heading": title,
                "need": need,
                "needs": views.needs,
                "total": len(offers),
                "offers": offers[index * OFFERS_A_PAGE : (index + 1) * OFFERS_A_PAGE],
                "pages": Pager(
                    index + 1,
                    count,
                    paths[index - 1] if index else None,
                    paths[index + 1] if index + 1 < count else None,
                ),
            },
        )


def _offers(catalogue: Catalogue, views: Views) -> Iterator[SitePage]:
    by_need: dict[str, list[OfferView]] = {}
    for view in views.offers:
        by_need.setdefault(view.need.slug, []).append(view)
    # The next ones of the same need, round and round: every offer is pointed at as often as the others.
    similar = {
        view.number: [
            *others[at + 1 : at + 1 + SIMILAR],
            *others[: max(0, min(at, at + 1 + SIMILAR - len(others)))],
        ]
        for others in by_need.values()
        for at, view in enumerate(others)
    }
    for view in views.offers:
        yield SitePage(
            path=view.path,
            lang=views.lang,
            name="offer",
            section="offers",
            template="offer.html",
            title=f"{view.title} · {view.partner.name}",
            description=view.summary,
            context={
                "offer": view,
                "similar": similar[view.number],
                "structured": offer_data(catalogue.offer(view.number), view),
            },
        )


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
    offers: dict[str, list[OfferView]] = {slug: [] for slug in views.partners}
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
    def tool(name: str, path: str, template: str, **context: Any) -> SitePage:
        return SitePage(
            path=path,
            lang=views.lang,
            name=name,
            section=name,
            template=template,
            title=text(f"site.{name}.title", views.lang),
            description=text(f"site.{name}.description", views.lang),
            heading=text(f"site.{name}.title", views.lang),
            noindex=True,
            context=context,
        )

    yield tool("search", "recherche/", "search.html", needs=views.needs, programmes=catalogue.programmes)
    yield tool("favourites", "favoris/", "favourites.html")
    yield tool("offline", "hors-ligne/", "offline.html", intro=text("site.offline.intro", views.lang))
    if views.lang == "fr":
        yield tool("missing", "404.html", "missing.html", intro=text("site.missing.intro", views.lang))


def _editorial(catalogue: Catalogue, views: Views) -> Iterator[SitePage]:
    pages = {page.slug: page for page in catalogue.pages}
    yield _how(catalogue, views, pages.get(HOW))
    for page in catalogue.pages:
        if page.slug == HOW:
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
            context={"intro": typographic(page.summary), "body": markdown(page.body), "body_lang": "fr"},
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
            "body": markdown(page.body) if page else None,
        },
    )
