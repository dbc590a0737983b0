"""A check of the stamps of all offers and pages in a fork, while this process imports its modules."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from cje.machine.cache_file import cache_path
from cje.machine.file_stamp import StampCheck, check_stamps
from cje.machine.prefetch import start_prefetch

__all__ = ["Looks", "look_ahead"]

# bytes of a cache; for a smaller one, the fork takes longer than the check
_WORTH_A_PROCESS = 300_000


class Looks(msgspec.Struct, array_like=True):
    """The results of the checks; None for a check that was not done.

    Attributes:
        offers: the check of the offers in the catalogue's cache.
        site: the check of the site's files in the cache of the last build.
    """

    offers: StampCheck | None = None
    site: StampCheck | None = None


def look_ahead(content: Path, out: Path) -> Callable[[], Looks]:
    """Start the checks and return a function that waits for the results."""
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
