"""A look at ten thousand offers and ten thousand pages, while the modules that need it are still imported."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from cje.machine.cache_file import cache_path
from cje.machine.file_stamp import StampCheck, check_stamps
from cje.machine.prefetch import start_prefetch

__all__ = ["Looks", "look_ahead"]

# A process to look at fewer is not worth its start.
_WORTH_A_PROCESS = 300_000


class Looks(msgspec.Struct, array_like=True):
    """What was seen.

    Attributes:
        offers: at the files that the catalogue's cache names.
        site: at those of the site, as the last build left them.
    """

    offers: StampCheck | None = None
    site: StampCheck | None = None


def look_ahead(content: Path, out: Path) -> Callable[[], Looks]:
    """Begin to look; the function that is returned waits for what was seen, which may be nothing."""
    offers, site = cache_path(content, "build"), cache_path(content, "site", out)
    if max(_size(offers), _size(site)) < _WORTH_A_PROCESS:
        return Looks
    folder = f"{content.resolve()}{os.sep}offers{os.sep}"
    seen = start_prefetch(
        lambda: Looks(check_stamps(offers, folder, ".yaml"), check_stamps(site, f"{out}{os.sep}")), Looks
    )
    return lambda: seen() or Looks()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
