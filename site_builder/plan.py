"""The plan of a build: a list of every page and file, before any is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from catalogue import Catalogue
from cje.locales import LANGUAGES, text
from site_builder.files.assets import Assets, published, read_bundle
from site_builder.pages.open_data import open_data_files
from site_builder.pages.share_cards import share_cards
from site_builder.pages.site_map import content_pages
from site_builder.pages.site_page import SitePage
from site_builder.pages.theme import checked_palette, theme_css
from site_builder.pages.views import Views
from site_builder.pages.words import with_later_words
from site_builder.rendering.render import Renderer, environment

if TYPE_CHECKING:
    from site_builder.files.trust_anchor import TrustAnchor
    from voucher.statistics import Published

__all__ = ["Plan", "make_plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The inputs and pages of a build.

    Attributes:
        day: the day in Europe/Paris for which offers are current.
        french: the French views, for feeds and pictures.
        views: the views by language, French included.
        ready: bundled scripts and styles with the operator's colours.
        figures: files of open data by path.
    """

    catalogue: Catalogue
    day: date
    french: Views
    views: Mapping[str, Views]
    ready: Assets
    renderer: Renderer
    pages: Sequence[SitePage]
    figures: Mapping[str, bytes]


def make_plan(
    catalogue: Catalogue,
    day: date,
    assets: Path,
    trust: TrustAnchor | None,
    base_path: str,
    statistics: Sequence[Published],
) -> Plan:
    """Return the plan of a build; the arguments are those of `build`.

    Raises:
        SiteError: a colour, a page or a figure cannot be published.
    """
    bundle = read_bundle(assets)
    palette = checked_palette(bundle.tokens, catalogue.theme.light, catalogue.theme.dark)
    french = Views(catalogue, day, "fr")
    languages: list[str] = [code for code in LANGUAGES if code in catalogue.site.languages]
    views = {c: french if c == "fr" else Views(catalogue, day, c, french.pictures) for c in languages}
    ready = published(bundle, theme_css(palette, bundle.tokens) + french.need_css() + french.tint_css())
    ready = with_later_words(ready, languages)
    env = environment()
    cards = share_cards(env, french.needs, palette) if catalogue.site.base_url else None
    renderer = Renderer(env, catalogue, ready, palette, base_path, cards)
    content = {code: content_pages(catalogue, views[code], statistics) for code in languages}
    pages = [page for code in languages for page in (*content[code], *_apps(code, trust))]
    figures = open_data_files(statistics)
    return Plan(catalogue, day, french, views, ready, renderer, pages, figures)


def _apps(lang: str, trust: TrustAnchor | None) -> tuple[SitePage, SitePage]:
    def app(name: str, path: str, **context: object) -> SitePage:
        return SitePage(
            path=path,
            lang=lang,
            name=name,
            section=name,
            template="app.html",
            title=text(f"site.{name}.title", lang),
            description=text(f"site.{name}.description", lang),
            heading=text(f"site.{name}.heading", lang),
            kind="wallet" if name == "wallet" else "till",
            context=context,
        )

    return app("wallet", "carte/"), app("till", "caisse/", trust=trust)
