"""Published months from `content/statistics/`. A build never silently replaces one.

The code that reads them is a tenth of the imports of a rebuild, so a site without statistics skips it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from site_builder.errors import StatisticsRefused

if TYPE_CHECKING:
    from voucher.statistics import Published

__all__ = ["PUBLISHED", "check_kept", "published_files", "read_statistics"]

PUBLISHED = "statistiques/donnees/"


def read_statistics(folder: Path) -> tuple[Published, ...]:
    """Return the publications of a folder, in order; empty without the folder.

    Raises:
        StatisticsRefused: a file is not a publication, or their history does not hold.
    """
    if not folder.is_dir():
        return ()
    from voucher import VoucherError
    from voucher.statistics import read_history

    try:
        return read_history((path.name, _read(path)) for path in sorted(folder.glob("*.json")))
    except VoucherError as error:
        raise StatisticsRefused("statistics_refused", folder=folder, fault=error) from None


def _read(path: Path) -> bytes:
    """Read a file up to one byte beyond the limit: a longer file is refused without being read whole."""
    from voucher.statistics import MAX_PUBLICATION

    with path.open("rb") as file:
        return file.read(MAX_PUBLICATION + 1)


def published_files(history: Sequence[Published]) -> dict[str, bytes]:
    """Return the publications at their public paths: a publication has one byte form."""
    if not history:
        return {}
    from voucher.statistics import encode_publication

    return {f"{PUBLISHED}{one.publication.name}": encode_publication(one.publication) for one in history}


def check_kept(files: Mapping[str, bytes], earlier: Mapping[str, Collection[str]]) -> None:
    """Refuse a site that drops or replaces what an earlier build has published.

    Args:
        files: of the new site, by path. earlier: SHA-256 by path, of what stands in the output folder.

    Raises:
        StatisticsRefused: naming the publication.
    """
    for path in sorted(earlier):
        name = path.removeprefix(PUBLISHED)
        if name == path or name == "index.json":
            continue
        if path not in files or hashlib.sha256(files[path]).hexdigest() not in earlier[path]:
            raise StatisticsRefused("statistics_changed", name=name)
