"""Catalogue in, folder of static files out. Every file is rendered before the site on disk changes."""

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
    # With a hundred thousand pages, the plan and the cache do not fit in memory together.
    del plan, work
    forget()
    if remembered is not None:
        memory.save(out, *left)
    paths = tuple(sorted(file.path for file in made))
    return BuildReport(pages, paths, written, precached, trust is not None)


def _silent(what: str, done: int, total: int) -> None:
    pass
