"""Open data: index.json and statistiques.csv beside the publications (statistics-v1 §5)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cje.table import encode_table
from site_builder.pages.statistics import PUBLISHED, published_files

if TYPE_CHECKING:
    from voucher.statistics import Cell, Published, Table

__all__ = ["CSV", "INDEX", "open_data_files"]

INDEX = f"{PUBLISHED}index.json"
CSV = "statistiques/statistiques.csv"
_COLUMNS = ("month", "revision", "published", "table", "parent", "key", "label", "uses", "saving_euros")

_Line = tuple[str, str, str, str, int, int | None]


def open_data_files(history: Sequence[Published]) -> dict[str, bytes]:
    """Return every file of figures by public path. There is an index even without any publication."""
    return {**published_files(history), INDEX: _index(history), CSV: _csv(history)}


def _index(history: Sequence[Published]) -> bytes:
    files = [
        {
            "name": one.publication.name,
            "month": one.publication.month,
            "revision": one.publication.revision,
            "published": one.publication.published.isoformat(),
            "sha256": one.sha256,
        }
        for one in history
    ]
    tree = {"format": "cje-statistics-index", "version": 1, "files": files}
    return json.dumps(tree, ensure_ascii=False, indent=1).encode() + b"\n"


def _latest(history: Sequence[Published]) -> Sequence[Published]:
    if not history:
        return ()
    from voucher.statistics import latest

    return latest(history)


def _csv(history: Sequence[Published]) -> bytes:
    rows = (
        (
            one.publication.month,
            one.publication.revision,
            one.publication.published.isoformat(),
            *named,
            uses,
            "" if saving is None else saving // 100,
        )
        for one in _latest(history)
        for *named, uses, saving in _lines(one)
    )
    return encode_table(_COLUMNS, rows).encode()


def _lines(one: Published) -> Iterator[_Line]:
    publication = one.publication
    if publication.total is not None:
        yield "total", "", "", "", publication.total.uses, publication.total.saving
    yield from _table("needs", "", publication.needs)
    for need in publication.needs.cells:
        yield from _table("offers", need.key, need.offers or Table())
    yield from _table("territories", "", publication.territories)
    yield from _table("programmes", "", publication.programmes)


def _table(name: str, parent: str, table: Table) -> Iterator[_Line]:
    yield from (_line(name, parent, cell) for cell in table.cells)
    if table.others is not None:
        yield name, parent, "", "", table.others.uses, None


def _line(name: str, parent: str, cell: Cell) -> _Line:
    return name, parent, cell.key, cell.label, cell.uses, cell.saving
