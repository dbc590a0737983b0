"""The public figures of one month, as one publication of a chain: statistics-v1 §1 and §2.

Reconciliation writes them, the site draws them, anybody can check them: one JSON form, as bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any, Final

from voucher.errors import Malformed, TooBig, UpdateApp

FORMAT: Final = "cje-statistics"
VERSION: Final = 1
MAX_PUBLICATION: Final = 1 << 20  # 500 offers are about 80 KiB
LEAST: Final = 5
ROUND: Final = 5
MAX_LABEL: Final = 200
MAX_NOTE: Final = 300
REASONS: Final = ("late_journals", "correction", "withdrawn")
_MAX: Final = 1 << 53
_KEY: Final = re.compile("[0-9A-Za-z-]{1,64}")
_MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Total:
    """All that is told of a month: the sum of its needs, and of their savings in cents."""

    uses: int
    saving: int


@dataclass(frozen=True, slots=True)
class Others:
    """Cells that are told together only, and how many they are."""

    uses: int
    count: int


@dataclass(frozen=True, slots=True)
class Table:
    """What was used, by one criterion; empty when it may not be told."""

    cells: tuple[Cell, ...] = ()
    others: Others | None = None

    @property
    def uses(self) -> int:
        """The sum of what is told."""
        return sum(cell.uses for cell in self.cells) + (self.others.uses if self.others else 0)

    @property
    def saving(self) -> int:
        """The sum of the savings that are told, in cents."""
        return sum(cell.saving or 0 for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a table; `uses` is a multiple of `ROUND`.

    Attributes:
        saving: in cents, of needs and offers. offers: of a need. partner: of an offer.
    """

    key: str
    label: str
    uses: int
    saving: int | None = None
    partner: str | None = None
    offers: Table | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a month was published again."""

    code: str
    note: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One file.

    Attributes:
        month: `2026-10`. before: SHA-256 in hexadecimal of the file published before; None for the first.
        heard, silent: tills whose journal covers the month, and those whose journal does not.
        total: None when there is nothing to tell.
    """

    month: str
    revision: int
    published: date
    before: str | None
    reason: Reason | None
    demo: bool
    heard: int
    silent: int
    total: Total | None
    needs: Table = field(default_factory=Table)
    territories: Table = field(default_factory=Table)
    programmes: Table = field(default_factory=Table)

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.month}.{self.revision}.json"


def digest(data: bytes) -> str:
    """Return what the next publication says of this one."""
    return sha256(data).hexdigest()


def encode_publication(publication: Publication) -> bytes:
    """Return the file's bytes."""
    tree = {
        "format": FORMAT,
        "version": VERSION,
        "month": publication.month,
        "revision": publication.revision,
        "published": publication.published.isoformat(),
        "before": publication.before,
        "reason": publication.reason and {"code": publication.reason.code, "note": publication.reason.note},
        "demo": publication.demo,
        "tills": {"heard": publication.heard, "silent": publication.silent},
        "least": LEAST,
        "round": ROUND,
        "total": publication.total and {"uses": publication.total.uses, "saving": publication.total.saving},
        "needs": _table_tree(publication.needs),
        "territories": _table_tree(publication.territories),
        "programmes": _table_tree(publication.programmes),
    }
    return json.dumps(tree, ensure_ascii=False, indent=1).encode() + b"\n"


def _table_tree(table: Table) -> dict[str, object]:
    others = table.others
    return {
        "cells": [_cell_tree(cell) for cell in table.cells],
        "others": others and {"uses": others.uses, "count": others.count},
    }


def _cell_tree(cell: Cell) -> dict[str, object]:
    tree = {
        "key": cell.key,
        "label": cell.label,
        "partner": cell.partner,
        "uses": cell.uses,
        "saving": cell.saving,
        "offers": cell.offers and _table_tree(cell.offers),
    }
    return {name: value for name, value in tree.items() if value is not None}


def decode_publication(data: bytes) -> Publication:
    """Read a file's bytes, which must be in their one form.

    Raises:
        TooBig, UpdateApp, Malformed: and nothing else, on any input.
    """
    if len(data) > MAX_PUBLICATION:
        raise TooBig("statistics")
    try:
        tree = json.loads(data.decode())
    except (ValueError, RecursionError):
        raise Malformed("statistics: not JSON") from None
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise Malformed("statistics: not a publication")
    if type(tree.get("version")) is int and tree["version"] > VERSION:
        raise UpdateApp("statistics: version")
    try:
        publication = _read(tree)
        same = encode_publication(publication) == data
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Malformed("statistics: members") from None
    # Also whatever stands beside the members that were read: there is one way to write a publication.
    if not same:
        raise Malformed("statistics: not in its one form")
    return publication


def _read(tree: Mapping[str, Any]) -> Publication:
    reason, needs = tree["reason"], _read_table(tree["needs"], _read_need)
    publication = Publication(
        month=_matched(_MONTH, tree["month"]),
        revision=_count(tree["revision"], 1),
        published=date.fromisoformat(tree["published"]),
        before=None if tree["before"] is None else _matched(_DIGEST, tree["before"]),
        reason=None if reason is None else _read_reason(reason),
        demo=tree["demo"] is True,
        heard=_count(tree["tills"]["heard"]),
        silent=_count(tree["tills"]["silent"]),
        total=Total(needs.uses, needs.saving) if needs.uses else None,
        needs=needs,
        territories=_read_table(tree["territories"], _read_cell),
        programmes=_read_table(tree["programmes"], _read_cell),
    )
    _demand((publication.revision == 1) == (publication.reason is None))
    _demand(publication.published.isoformat()[:7] > publication.month)
    for table in (publication.territories, publication.programmes):
        _demand(_is_near(table, publication.needs))
    return publication


def _read_table(tree: Mapping[str, Any], read_cell: Callable[[Mapping[str, Any]], Cell]) -> Table:
    cells = tuple(read_cell(cell) for cell in tree["cells"])
    order = [(-cell.uses, cell.key) for cell in cells]
    _demand(order == sorted(order) and len({cell.key for cell in cells}) == len(cells))
    others = tree["others"]
    if others is None:
        return Table(cells)
    # One cell alone would not be hidden by being called otherwise.
    return Table(cells, Others(_uses(others["uses"]), _count(others["count"], 2)))


def _read_cell(tree: Mapping[str, Any]) -> Cell:
    return Cell(_matched(_KEY, tree["key"]), _line(tree["label"], MAX_LABEL), _uses(tree["uses"]))


def _read_offer(tree: Mapping[str, Any]) -> Cell:
    saving = _count(tree["saving"])
    _demand(saving % 100 == 0)
    return replace(_read_cell(tree), partner=_matched(_KEY, tree["partner"]), saving=saving)


def _read_need(tree: Mapping[str, Any]) -> Cell:
    offers = _read_table(tree["offers"], _read_offer)
    need = replace(_read_cell(tree), saving=_count(tree["saving"]), offers=offers)
    _demand((need.uses, need.saving) == (offers.uses, offers.saving))
    return need


def _read_reason(tree: Mapping[str, Any]) -> Reason:
    _demand(tree["code"] in REASONS)
    return Reason(tree["code"], _line(tree["note"], MAX_NOTE))


def _is_near(table: Table, needs: Table) -> bool:
    """Tell whether a table is empty, or counts the same uses as the needs as far as rounding lets them."""
    far = abs(table.uses - needs.uses)
    return table.uses == 0 or far <= ROUND // 2 * (_blocks(table) + _blocks(needs))


def _blocks(table: Table) -> int:
    """Return how many numbers of a table were rounded: of needs, those of their offers."""
    inner = sum(1 if cell.offers is None else _blocks(cell.offers) for cell in table.cells)
    return inner + (table.others is not None)


def _uses(value: object) -> int:
    uses = _count(value, LEAST)
    _demand(uses % ROUND == 0)
    return uses


def _count(value: object, least: int = 0) -> int:
    _demand(type(value) is int and least <= value < _MAX)
    return value  # type: ignore[return-value]


def _line(value: str, limit: int) -> str:
    _demand(1 <= len(value) <= limit and value.isprintable() and value == value.strip())
    return value


def _matched(pattern: re.Pattern[str], value: str) -> str:
    _demand(pattern.fullmatch(value) is not None)
    return value


def _demand(holds: bool) -> None:
    if not holds:
        raise Malformed("statistics: out of bounds")


@dataclass(frozen=True, slots=True)
class Published:
    """A publication and the SHA-256 of its file."""

    publication: Publication
    sha256: str


def read_history(files: Iterable[tuple[str, bytes]]) -> tuple[Published, ...]:
    """Read a folder's publications; return them in the order in which they were published.

    Args:
        files: name and bytes of each, in any order.

    Raises:
        Malformed, TooBig, UpdateApp: of a file, which the error names; or the files form no single chain.
    """
    following: dict[str | None, Published] = {}
    for name, data in files:
        publication = _named(name, data)
        if publication.before in following:
            raise Malformed(f"{name}: two publications after the same one")
        following[publication.before] = Published(publication, digest(data))
    history: list[Published] = []
    while published := following.pop(history[-1].sha256 if history else None, None):
        history.append(published)
    known = {published.sha256 for published in following.values()}
    if broken := sorted(left.publication.name for before, left in following.items() if before not in known):
        raise Malformed(f"{broken[0]}: what was published before it is missing or has changed")
    _check_revisions(history)
    return tuple(history)


def _named(name: str, data: bytes) -> Publication:
    try:
        publication = decode_publication(data)
    except (Malformed, TooBig, UpdateApp) as error:
        raise type(error)(f"{name}: {error}") from None
    if name != publication.name:
        raise Malformed(f"{name}: the file must be named {publication.name}")
    return publication


def _check_revisions(history: Sequence[Published]) -> None:
    last: dict[str, int] = {}
    for published in history:
        month, revision = published.publication.month, published.publication.revision
        if revision != last.get(month, 0) + 1:
            raise Malformed(f"{published.publication.name}: revisions are not in order")
        last[month] = revision
    demos = {published.publication.demo for published in history}
    if len(demos) > 1:
        raise Malformed("real and made-up publications in one folder")


def latest(history: Sequence[Published]) -> tuple[Published, ...]:
    """Return the last revision of each month, oldest month first."""
    last = {published.publication.month: published for published in history}
    return tuple(last[month] for month in sorted(last))
