"""The files of a plan. A file is made, or kept from the last build when its inputs are unchanged."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

from cje.machine.process_pool import map_in_workers
from site_builder.files.output import checked_path
from site_builder.files.policy import headers_file
from site_builder.files.precompression import Packing, worth_packing
from site_builder.files.staging import Made, Stage
from site_builder.offline.manifests import icon_files, manifest_files
from site_builder.offline.precache import kept_pages, site_precache, till_precache
from site_builder.offline.worker import leaver_files, worker_files
from site_builder.pages.catalogue_json import catalogue_head, offer_json
from site_builder.pages.catalogue_parts import Laid, Pieces, digest_of
from site_builder.pages.feeds import feed_files
from site_builder.pages.site_page import SitePage
from site_builder.plan import Plan
from site_builder.rebuild.cache import Remembered
from site_builder.rebuild.page_keys import frame_key, made_key, page_key

__all__ = ["Making", "Progress"]

Progress = Callable[[str, int, int], None]


class _Drawn(NamedTuple):
    """A page's file, the key of its inputs, and its offer's part of catalogue.json."""

    file: Made
    key: str | None
    piece: bytes | None


class Making:
    """One build: it makes the files of a plan.

    Attributes:
        frame: the key of the inputs that all pages share.
        keys: by path, the key of the inputs that the file is made from.
        laid: by language, the layout of catalogue.json.
        precached: number of pages that the site's service worker caches.
    """

    def __init__(
        self, plan: Plan, stage: Stage, memory: Remembered, progress: Progress, *, offline: bool
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
        """Make every file of the site. The workers come last, because they list the other files."""
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
        """Compress these files. Unchanged copies of the last build are kept."""
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
        for done, copy in enumerate(map_in_workers(self._pack, wanted, jobs), 1):
            found.append(copy)
            self._progress("copies", done, len(wanted))
        return found

    def _pack(self, wanted: tuple[Made, Packing]) -> Made:
        self._stage.place = os.getpid()
        file, packing = wanted
        return self._stage.put(f"{file.path}{packing.ending}", packing.pack(self._stage.read(file)))

    def _cards(self) -> list[Made]:
        """Draw the share cards. Unchanged cards of the last build are kept."""
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
        for done, (page, drawn) in enumerate(
            zip(wanted, map_in_workers(self._page, wanted, jobs), strict=True), 1
        ):
            made[drawn.file.path] = drawn.file
            self.keys[drawn.file.path] = drawn.key
            if drawn.piece is not None and page.made_from is not None:
                self._pieces[page.lang].add(page.made_from[0].number, drawn.piece)
            self._progress("pages", done, len(wanted))
        return [made[file] for file in files]

    def _known(self, path: str, key: str | None) -> Made | None:
        """Return the file of the last build if its inputs and the file itself are unchanged."""
        same = self._same_frame and key is not None and self._memory.keys.get(path) == key
        if not same or not self._stage.is_untouched(path):
            return None
        known = self._memory.files[path]
        return Made(path, known.digest, known.seen.size, None)

    def _page(self, page: SitePage) -> _Drawn:
        """Render one page, and its offer's part of catalogue.json while the offer is in memory."""
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
        kept = kept_pages(plan.pages, made)
        self.precached = len(kept)
        site = site_precache(kept, plan.views, plan.ready, plan.day)
        digests = {path: file.digest for path, file in made.items()}
        workers: dict[str, bytes] = {}
        for precache in (site, till_precache(plan.pages, plan.ready)):
            if self._offline:
                workers |= worker_files(plan.ready.worker, precache, digests)
            else:
                workers |= leaver_files(plan.ready.leaver, precache)
        return workers
