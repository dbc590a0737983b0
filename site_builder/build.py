"""Catalogue in, folder of static files out. All is rendered before the first byte is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalogue import Catalogue
from locales import LANGUAGES, text
from site_builder.assets import BUNDLED, Assets, published, read_bundle
from site_builder.catalogue_json import catalogue_json
from site_builder.feeds import feed_files
from site_builder.manifests import icon_files, manifest_files
from site_builder.open_data import open_data_files
from site_builder.output import Output, WriteReport
from site_builder.policy import headers_file
from site_builder.render import Renderer, environment
from site_builder.site_map import content_pages
from site_builder.site_page import SitePage
from site_builder.statistics import check_kept
from site_builder.theme import checked_palette, theme_css
from site_builder.trust_anchor import TrustAnchor
from site_builder.views import Views
from site_builder.words import later_words, with_later_words
from site_builder.worker import Precache, leaver_files, worker_files
from voucher.statistics import Published

__all__ = ["BuildReport", "build"]

# What a phone downloads to have the whole site offline, about 600 kB gzip. Beyond it, pages of offers are
# left to the network, and search, favourites and wallet work from catalogue.json.
PRECACHE_BYTES = 3_000_000
# Pictures do not compress further: half as much again, then a page without network shows their words.
PRECACHE_PICTURES = 300_000
_OFFLINE = (("en/", "en/hors-ligne/"), ("", "hors-ligne/"))

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made.

    Attributes:
        pages: number of HTML pages.
        files: every published path, sorted.
        written: what changed on disk.
        precached_pages: how many pages the site's worker keeps.
        has_trust: whether the till page was born with a root.
    """

    pages: int
    files: tuple[str, ...]
    written: WriteReport
    precached_pages: int
    has_trust: bool


def build(
    catalogue: Catalogue,
    out: Path,
    *,
    day: date,
    assets: Path = BUNDLED,
    trust: TrustAnchor | None = None,
    base_path: str = "/",
    statistics: Sequence[Published] = (),
    offline: bool = True,
    progress: Progress | None = None,
) -> BuildReport:
    """Write the site.

    Args:
        catalogue: as read from content/.
        out: the folder, usually `public/`; `w/` and `trust/` in it are never touched.
        day: the day in Europe/Paris for which offers are current; nothing else of the clock is read.
        assets: what `web/build.mjs` made.
        trust: the till's anchor; without it the till says that it can accept nothing.
        base_path: where the site stands on its host, for 404.html only.
        statistics: the months that were published, as `read_statistics` returns them.
        offline: False withdraws both workers from every browser that comes back (the kill switch).
        progress: called with what is being done, how many are done, and of how many.

    Raises:
        SiteError: before anything is written.
    """
    output = Output.open(out)
    files, pages, precached = render_site(
        catalogue, day, assets, trust, base_path, progress or _silent, statistics, offline=offline
    )
    check_kept(files, output.ledger)
    written = output.write(files)
    return BuildReport(len(pages), tuple(sorted(files)), written, precached, trust is not None)


def _silent(what: str, done: int, total: int) -> None:
    pass


def render_site(
    catalogue: Catalogue,
    day: date,
    assets: Path,
    trust: TrustAnchor | None,
    base_path: str,
    progress: Progress,
    statistics: Sequence[Published] = (),
    *,
    offline: bool = True,
) -> tuple[dict[str, bytes], list[SitePage], int]:
    """Every file of the site by path, the workers last; the pages; and how many pages are precached."""
    bundle = read_bundle(assets)
    palette = checked_palette(bundle.tokens, catalogue.theme.light, catalogue.theme.dark)
    languages = [code for code in LANGUAGES if code in catalogue.site.languages]
    french = Views(catalogue, day, "fr")
    views = {c: french if c == "fr" else Views(catalogue, day, c, french.pictures) for c in languages}
    ready = published(bundle, theme_css(palette, bundle.tokens) + french.need_css() + french.tint_css())
    ready = with_later_words(ready, languages)
    renderer = Renderer(environment(), catalogue, ready, palette, trust, day, base_path)

    content = {code: content_pages(catalogue, views[code], day, statistics) for code in languages}
    pages = [page for code in languages for page in (*content[code], *_apps(code))]
    html = _render_all(renderer, pages, progress)
    files = {
        **ready.files,
        **french.pictures.files,
        **icon_files(),
        **manifest_files(catalogue, palette),
        **{
            f"{'' if c == 'fr' else c + '/'}catalogue.json": catalogue_json(catalogue, views[c], day)
            for c in languages
        },
        **open_data_files(statistics),
        **html,
        **feed_files(catalogue, french, [p for code in languages for p in content[code]], day),
    }
    kept = _kept_pages(pages, files)
    workers: dict[str, bytes] = {}
    for precache in (
        _site_precache(kept, ready, languages, _kept_pictures(french)),
        _till_precache(pages, ready),
    ):
        if offline:
            workers |= worker_files(ready.worker, precache, files)
        else:
            workers |= leaver_files(ready.leaver, precache)
    files["_headers"] = headers_file([*files, *workers], wasm=ready.has_wasm).encode()
    return {**files, **workers}, pages, len(kept)


def _apps(lang: str) -> tuple[SitePage, SitePage]:
    def app(name: str, path: str) -> SitePage:
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
        )

    return app("wallet", "carte/"), app("till", "caisse/")


def _render_all(renderer: Renderer, pages: Sequence[SitePage], progress: Progress) -> dict[str, bytes]:
    html = {}
    for done, page in enumerate(pages, 1):
        html[page.file] = renderer.html(page)
        progress("pages", done, len(pages))
    return html


def _kept_pages(pages: Sequence[SitePage], files: Mapping[str, bytes]) -> list[str]:
    """Pages for the site's worker: tools of both languages first, then French pages while there is room."""

    def rank(page: SitePage) -> int:
        if page.name in {"home", "wallet", "search", "favourites", "offline"}:
            return 0
        return {"offer": 2, "tag": 3, "territory": 3}.get(page.name, 1)

    wanted = [page for page in pages if page.name not in {"till", "missing", "month"}]
    wanted = [page for page in wanted if page.lang == "fr" or rank(page) == 0]
    kept, room = [], PRECACHE_BYTES
    for page in sorted(wanted, key=rank):
        room -= len(files[page.file])
        if room < 0 and rank(page) > 0:
            break
        kept.append(page.file)
    return kept


def _kept_pictures(views: Views) -> list[str]:
    """Pictures for the site's worker while there is room: marks first, then campaigns, then offers."""
    kept, room = [], PRECACHE_PICTURES
    for name in views.picture_names:
        path = views.pictures.found[name][0]
        room -= len(views.pictures.files[path])
        if room < 0:
            break
        kept.append(path)
    return kept


def _site_precache(
    kept: Sequence[str], assets: Assets, languages: Sequence[str], pictures: Sequence[str]
) -> Precache:
    data = [f"{'' if code == 'fr' else code + '/'}catalogue.json" for code in languages]
    own = [path for name in ("site", "wallet") for path in assets.loaded_by(name)]
    return Precache(
        folder="",
        family="cje-site",
        paths=[*kept, *data, *own, *pictures, "manifest.webmanifest", "icons/icon.svg"],
        fallback=[pair for pair in _OFFLINE if "en" in languages or pair[0] != "en/"],
    )


def _till_precache(pages: Sequence[SitePage], assets: Assets) -> Precache:
    own = [page.file for page in pages if page.name == "till"]
    words = [assets.names[later_words(page.lang)] for page in pages if page.name == "till"]
    return Precache(
        folder="caisse/",
        family="cje-till",
        paths=[*own, *assets.loaded_by("till"), *words, "caisse/manifest.webmanifest", "icons/till.svg"],
        fallback=[("en/", "en/"), ("", "./")] if len(own) > 1 else [("", "./")],
    )
