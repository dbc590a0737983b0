"""Catalogue in, folder of static files out. All is rendered before the first byte of the site changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from catalogue import Catalogue
from cje.locales import LANGUAGES, text
from cje.machine.process_pool import each
from site_builder.files.assets import BUNDLED, Assets, published, read_bundle
from site_builder.files.output import Output, WriteReport, checked_path
from site_builder.files.policy import headers_file
from site_builder.files.precompression import Packing, worth_packing
from site_builder.files.staging import Made, Stage
from site_builder.offline.manifests import icon_files, manifest_files
from site_builder.offline.worker import Precache, leaver_files, worker_files
from site_builder.pages.catalogue_json import catalogue_head, offer_json
from site_builder.pages.catalogue_parts import Laid, Pieces, digest_of
from site_builder.pages.feeds import feed_files
from site_builder.pages.open_data import open_data_files
from site_builder.pages.share_cards import share_cards
from site_builder.pages.site_map import content_pages
from site_builder.pages.site_page import SitePage
from site_builder.pages.statistics import check_kept
from site_builder.pages.theme import checked_palette, theme_css
from site_builder.pages.views import Views
from site_builder.pages.words import later_words, with_later_words
from site_builder.rebuild.cache import Remembered
from site_builder.rebuild.page_keys import forget, frame_key, made_key, page_key
from site_builder.rendering.render import Renderer, environment

if TYPE_CHECKING:
    from site_builder.files.trust_anchor import TrustAnchor
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
    precompress: Sequence[Packing] = (),
    progress: Progress | None = None,
    remembered: Remembered | None = None,
    jobs: int = 1,
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
        precompress: how to compress the copies that are put beside each file that is worth it.
        progress: called with what is being done, how many are done, and of how many.
        remembered: what the last build of `out` left; the result is the same without it.
        jobs: processes to render in, at most.

    Raises:
        SiteError: before anything is written.
    """
    output = Output.open(out)
    plan = _plan(catalogue, day, assets, trust, base_path, statistics)
    check_kept(plan.figures, output.ledger)
    memory = remembered or Remembered(Path())
    with output.stage(memory.files, memory.look) as stage:
        work = _Work(plan, stage, memory, progress or _silent, offline=offline)
        made = work.files(jobs)
        if precompress:
            made += work.packed(made, precompress, jobs)
        written = output.commit(stage, made)
    pages, precached, left = len(plan.pages), work.precached, (work.frame, made, work.keys, work.laid)
    # Of a hundred thousand pages the plan and what is remembered of them would not fit side by side.
    del plan, work
    forget()
    if remembered is not None:
        memory.save(out, *left)
    paths = tuple(sorted(file.path for file in made))
    return BuildReport(pages, paths, written, precached, trust is not None)


def _silent(what: str, done: int, total: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class _Plan:
    """What there is to make, nothing of it made yet."""

    catalogue: Catalogue
    day: date
    french: Views
    views: Mapping[str, Views]
    ready: Assets
    renderer: Renderer
    pages: Sequence[SitePage]
    figures: Mapping[str, bytes]


def _plan(
    catalogue: Catalogue,
    day: date,
    assets: Path,
    trust: TrustAnchor | None,
    base_path: str,
    statistics: Sequence[Published],
) -> _Plan:
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
    return _Plan(catalogue, day, french, views, ready, renderer, pages, figures)


class _Drawn(NamedTuple):
    """What one page gives: its file, the name of what it is made from, its offer's part of catalogue.json."""

    file: Made
    key: str | None
    piece: bytes | None


class _Work:
    """One build at work.

    Attributes:
        frame: names what every page depends on.
        keys: path to the name of what a file is made from.
        laid: language to the layout of its catalogue.json.
        precached: how many pages the site's worker keeps.
    """

    def __init__(
        self, plan: _Plan, stage: Stage, memory: Remembered, progress: Progress, *, offline: bool
    ) -> None:
        self._offline = offline
        self._plan, self._stage, self._memory, self._progress = plan, stage, memory, progress
        renderer = plan.renderer
        cards = sorted(renderer.cards.drawings) if renderer.cards else ()
        settings = (renderer.base_path, *cards)
        self.frame = frame_key(plan.catalogue, plan.ready, renderer.palette, *settings)
        self._same_frame = self.frame == memory.frame
        self.keys: dict[str, str | None] = {}
        self.laid: dict[str, Laid] = {}
        self.precached = 0
        self._pieces = {lang: Pieces(partial(offer_json, lang=lang)) for lang in plan.views}

    def files(self, jobs: int) -> list[Made]:
        """Every file of the site, the workers last."""
        plan, put = self._plan, self._stage.put
        first = {
            **plan.ready.files,
            **plan.french.pictures.files,
            **icon_files(),
            **manifest_files(plan.catalogue, plan.renderer.palette),
        }
        made = [put(path, data) for path, data in first.items()]
        made += self._cards()
        pages = self._pages(jobs)
        made += [self._catalogue(lang) for lang in plan.views]
        made += [put(path, data) for path, data in plan.figures.items()]
        made += pages
        in_feeds = [page for page in plan.pages if page.name not in {"wallet", "till"}]
        feeds = feed_files(plan.catalogue, plan.french, in_feeds, plan.day)
        made += [put(path, data) for path, data in feeds.items()]
        workers = self._workers({file.path: file for file in made})
        paths = [file.path for file in made]
        headers = headers_file([*paths, *workers], wasm=plan.ready.has_wasm).encode()
        last = {"_headers": headers, **workers}
        return made + [put(path, data) for path, data in last.items()]

    def packed(self, made: Sequence[Made], packings: Sequence[Packing], jobs: int) -> list[Made]:
        """Compressed copies of these files; only those are made that the last build did not leave."""
        found: list[Made] = []
        wanted: list[tuple[Made, Packing]] = []
        for file, packing in ((file, packing) for file in worth_packing(made) for packing in packings):
            path = f"{file.path}{packing.ending}"
            self.keys[path] = f"{packing.written_by} {file.digest}"
            known = self._known(path, self.keys[path])
            if known is None:
                wanted.append((file, packing))
            else:
                found.append(known)
        for done, copy in enumerate(each(self._pack, wanted, jobs), 1):
            found.append(copy)
            self._progress("copies", done, len(wanted))
        return found

    def _pack(self, wanted: tuple[Made, Packing]) -> Made:
        self._stage.place = os.getpid()
        file, packing = wanted
        return self._stage.put(f"{file.path}{packing.ending}", packing.pack(self._stage.read(file)))

    def _cards(self) -> list[Made]:
        """Pictures for shared links; only those are drawn that the last build did not leave."""
        cards = self._plan.renderer.cards
        if cards is None:
            return []
        found = {path: self._known(path, path) for path in cards.drawings}
        drawn = cards.draw([path for path, file in found.items() if file is None])
        self.keys.update({path: path for path in found})
        return [file or self._stage.put(path, drawn[path]) for path, file in found.items()]

    def _pages(self, jobs: int) -> list[Made]:
        made: dict[str, Made] = {}
        files: list[str] = []
        wanted = []
        for page in self._plan.pages:
            file = page.file
            files.append(file)
            if self._same_frame:
                key = self.keys[file] = page_key(page)
                known = self._known(file, key)
                if known is not None:
                    made[file] = known
                    continue
            wanted.append(page)
        for done, (page, drawn) in enumerate(zip(wanted, each(self._page, wanted, jobs), strict=True), 1):
            made[drawn.file.path] = drawn.file
            self.keys[drawn.file.path] = drawn.key
            if drawn.piece is not None and page.made_from is not None:
                self._pieces[page.lang].add(page.made_from[0].number, drawn.piece)
            self._progress("pages", done, len(wanted))
        return [made[file] for file in files]

    def _known(self, path: str, key: str | None) -> Made | None:
        """The file of the last build, when all that it was made from is the same and it is still there."""
        same = self._same_frame and key is not None and self._memory.keys.get(path) == key
        if not same or not self._stage.is_untouched(path):
            return None
        known = self._memory.files[path]
        return Made(path, known.digest, known.seen.size, None)

    def _page(self, page: SitePage) -> _Drawn:
        """One page; and its offer's part of catalogue.json, while the whole offer is at hand."""
        self._stage.place = os.getpid()
        file = self._stage.put(checked_path(page.file), self._plan.renderer.html(page))
        piece = offer_json(page.made_from[0].whole_source, page.lang) if page.made_from else None
        return _Drawn(file, page_key(page), piece)

    def _catalogue(self, lang: str) -> Made:
        views, pieces = self._plan.views[lang], self._pieces[lang]
        path = f"{views.prefix}catalogue.json"
        head = catalogue_head(self._plan.catalogue, views)
        digests = [digest_of(offer) for offer in views.sources]
        key = made_key([head.decode(), *digests]) if all(digests) else None
        self.keys[path] = key
        laid, known = self._memory.laid.get(lang), self._known(path, key)
        if known is not None and laid is not None:
            self.laid[lang] = laid
            return known
        with ExitStack() as stack:
            if laid is not None and self._same_frame and self._stage.is_untouched(path):
                old = stack.enter_context((self._stage.root / path).open("rb"))
                pieces.copy_from(old.fileno(), laid)
            parts, self.laid[lang] = pieces.file(head, zip(views.sources, digests, strict=True))
            return self._stage.put_parts(path, parts)

    def _workers(self, made: Mapping[str, Made]) -> dict[str, bytes]:
        plan = self._plan
        kept = _kept_pages(plan.pages, made)
        self.precached = len(kept)
        site = _site_precache(plan, kept)
        digests = {path: file.digest for path, file in made.items()}
        workers: dict[str, bytes] = {}
        for precache in (site, _till_precache(plan.pages, plan.ready)):
            if self._offline:
                workers |= worker_files(plan.ready.worker, precache, digests)
            else:
                workers |= leaver_files(plan.ready.leaver, precache)
        return workers


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


def _kept_pages(pages: Sequence[SitePage], made: Mapping[str, Made]) -> list[str]:
    """Pages for the site's worker: tools of both languages first, then French pages while there is room."""

    def rank(page: SitePage) -> int:
        if page.name in {"home", "wallet", "search", "favourites", "offline"}:
            return 0
        return {"offer": 2, "tag": 3, "territory": 3}.get(page.name, 1)

    wanted = [page for page in pages if page.name not in {"till", "missing", "month", "built"}]
    wanted = [page for page in wanted if page.lang == "fr" or rank(page) == 0]
    kept, room = [], PRECACHE_BYTES
    for page in sorted(wanted, key=rank):
        room -= made[page.file].size
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


def _site_precache(plan: _Plan, kept: Sequence[str]) -> Precache:
    data = [f"{views.prefix}catalogue.json" for views in plan.views.values()]
    own = [path for name in ("site", "wallet") for path in plan.ready.loaded_by(name)]
    pictures = _kept_pictures(plan.french)
    return Precache(
        folder="",
        family="cje-site",
        paths=[*kept, *data, *own, *pictures, "manifest.webmanifest", "icons/icon.svg"],
        fallback=[pair for pair in _OFFLINE if "en" in plan.views or pair[0] != "en/"],
        day=plan.day,
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
