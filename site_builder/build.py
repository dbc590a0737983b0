"""A build: from a catalogue to a folder of static files. All files are rendered before the folder changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from catalogue import Catalogue
from site_builder.files.assets import BUNDLED
from site_builder.files.output import Output, WriteReport
from site_builder.files.precompression import Packing
from site_builder.making import Making, Progress
from site_builder.pages.statistics import check_kept
from site_builder.plan import make_plan
from site_builder.rebuild.cache import Remembered
from site_builder.rebuild.page_keys import forget

if TYPE_CHECKING:
    from site_builder.files.trust_anchor import TrustAnchor
    from voucher.statistics import Published

__all__ = ["BuildReport", "build"]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build.

    Attributes:
        pages: number of HTML pages.
        files: every published path, sorted.
        written: the changes on disk.
        precached_pages: number of pages that the site's service worker caches.
        has_trust: whether the till's page holds a trust root.
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
    """Build the site in a folder.

    Args:
        catalogue: as read from content/.
        out: the folder, usually `public/`; `w/` and `trust/` in it are never touched.
        day: the day in Europe/Paris for which offers are current. The build does not use the present date.
        assets: the output folder of `web/build.mjs`.
        trust: the till's trust anchor. Without it, the till accepts no voucher and shows why.
        base_path: the site's path on its host, for 404.html only.
        statistics: the published months, from `read_statistics`.
        offline: False removes both service workers from every browser that returns (the kill switch).
        precompress: formats of the compressed copies beside files that are worth compressing.
        progress: called with the kind of work, the number done and the total.
        remembered: the cache of the last build of `out`. The result is the same without it.
        jobs: greatest number of processes that render.

    Raises:
        SiteError: before anything is written.
    """
    output = Output.open(out)
    plan = make_plan(catalogue, day, assets, trust, base_path, statistics)
    check_kept(plan.figures, output.ledger)
    memory = remembered or Remembered(Path())
    with output.stage(memory.files, memory.look) as stage:
        work = Making(plan, stage, memory, progress or _silent, offline=offline)
        made = work.files(jobs)
        if precompress:
            made += work.packed(made, precompress, jobs)
        written = output.commit(stage, made)
    pages, precached, left = len(plan.pages), work.precached, (work.frame, made, work.keys, work.laid)
    # With 100,000 pages, the plan and the cache do not fit into memory together.
    del plan, work
    forget()
    if remembered is not None:
        memory.save(out, *left)
    paths = tuple(sorted(file.path for file in made))
    return BuildReport(pages, paths, written, precached, trust is not None)


def _silent(what: str, done: int, total: int) -> None:
    pass
