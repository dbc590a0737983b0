"""A month's figures made public: cut, rounded, and put behind what was published before (statistics-v1).

What was published is never touched. A month whose figures have changed is published again, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from cje.files import PUBLIC_MODE, Disk, read_capped
from reconcile.figures.public.disclosure import (Counted, cut, rounded, saving, together)
from reconcile.errors import PublicationRefused
from voucher.statistics import (
    MAX_LABEL,
    MAX_NOTE,
    MAX_PUBLICATION,
    REASONS,
    Cell,
    Others,
    Publication,
    Published,
    Reason,
    Table,
    Total,
    decode_publication,
    encode_publication,
    latest,
    read_history,
)

_FIRST: Final = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One territory, programme or need of a month, as counted."""

    key: str
    label: str
    counted: Counted


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One offer of a month, as counted; `key` is its number. It counts under its first need only."""

    key: str
    label: str
    partner: str
    need: str
    need_label: str
    counted: Counted


@dataclass(frozen=True, slots=True)
class Month:
    """What reconciliation counted in one month: everything, nothing hidden. Never to be published.

    Attributes:
        month: `2026-10`, of Europe/Paris.
        heard, silent: tills whose journal covers the month to its end, and those whose journal does not.
    """

    month: str
    offers: Sequence[OfferLine]
    territories: Sequence[Line]
    programmes: Sequence[Line]
    heard: int
    silent: int
    demo: bool = False


def draw_up(month: Month, published: date) -> Publication:
    """Return what may be told of a month, as its first publication and the first of all. Pure."""
    needs = _needs(month.offers)
    told = needs.uses > 0
    return Publication(
        month=month.month,
        revision=_FIRST,
        published=published,
        before=None,
        reason=None,
        demo=month.demo,
        heard=month.heard,
        silent=month.silent,
        total=Total(needs.uses, needs.saving) if told else None,
        needs=needs,
        territories=_table(month.territories) if told else Table(),
        programmes=_table(month.programmes) if told else Table(),
    )


def _needs(offers: Sequence[OfferLine]) -> Table:
    """Return needs and their offers: only blocks of offers, and sums of such blocks."""
    of_need: dict[str, list[OfferLine]] = {}
    for line in offers:
        of_need.setdefault(line.need, []).append(line)
    counted = {need: together([line.counted for line in lines]) for need, lines in of_need.items()}
    blocks = cut(counted)
    cells = []
    for need in blocks.cells:
        table = _offers(of_need[need])
        cells.append(Cell(need, _label(of_need[need][0].need_label), table.uses, table.saving, offers=table))
    return Table(_ordered(cells), _others(blocks.others, counted))


def _offers(lines: Sequence[OfferLine]) -> Table:
    by_key = {line.key: line for line in lines}
    counted = {line.key: line.counted for line in lines}
    blocks = cut(counted)
    cells = [
        Cell(key, _label(line.label), rounded(line.counted.uses), saving(line.counted), partner=line.partner)
        for key, line in by_key.items()
        if key in blocks.cells
    ]
    return Table(_ordered(cells), _others(blocks.others, counted))


def _table(lines: Iterable[Line]) -> Table:
    by_key = {line.key: line for line in lines}
    counted = {key: line.counted for key, line in by_key.items()}
    blocks = cut(counted)
    cells = [Cell(key, _label(by_key[key].label), rounded(counted[key].uses)) for key in blocks.cells]
    return Table(_ordered(cells), _others(blocks.others, counted))


def _others(keys: frozenset[str], counted: Mapping[str, Counted]) -> Others | None:
    if not keys:
        return None
    return Others(rounded(together([counted[key] for key in keys]).uses), len(keys))


def _ordered(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Order by what is told: the order of the true numbers would tell more."""
    return tuple(sorted(cells, key=lambda cell: (-cell.uses, cell.key)))


def _label(label: str) -> str:
    """Return a name on one line: whatever kind of space was in it, and no character that cannot be read."""
    plain = "".join(char if char.isprintable() else " " for char in label)
    return " ".join(plain.split())[:MAX_LABEL].strip() or "?"


def successor(
    month: Month, history: Sequence[Published], published: date, reason: Reason | None
) -> Publication | None:
    """Return the next publication of a month, or None when there is nothing new to say. Pure.

    Raises:
        PublicationRefused: the month is not over; its figures have changed and no reason is given; or the reverse.
    """
    if published.isoformat()[:7] <= month.month:
        raise PublicationRefused("month_not_over", month=month.month)
    fresh = draw_up(month, published)
    last = {known.publication.month: known.publication for known in latest(history)}.get(month.month)
    if last is not None and _figures(last) == _figures(fresh):
        return None
    if last is not None and reason is None:
        raise PublicationRefused("month_has_changed", month=month.month, revision=last.revision)
    if last is None and reason is not None:
        raise PublicationRefused("reason_too_early", month=month.month)
    if history and history[-1].publication.published > published:
        raise PublicationRefused("older", day=history[-1].publication.published.isoformat())
    return replace(
        fresh,
        revision=_FIRST if last is None else last.revision + 1,
        before=history[-1].sha256 if history else None,
        reason=reason,
    )


def _figures(publication: Publication) -> Publication:
    """Return what counts of a publication: all but when, why and behind what."""
    return replace(publication, revision=_FIRST, published=date.min, before=None, reason=None)


def read_folder(folder: Path) -> tuple[Published, ...]:
    """Return what a folder has published, in order; empty when there is none yet.

    Raises:
        VoucherError: a file has changed, is missing or cannot be read: it is named.
    """
    if not folder.is_dir():
        return ()
    paths = sorted(folder.glob("*.json"))
    return read_history((path.name, read_capped(path, MAX_PUBLICATION)) for path in paths)


def publish(folder: Path, month: Month, published: date, reason: Reason | None = None) -> Path | None:
    """Write a month's next publication beside the others; return its path, None when nothing is new.

    Raises:
        PublicationRefused: see `successor`. VoucherError: the folder's history does not hold; nothing is written.
    """
    publication = successor(month, read_folder(folder), published, reason)
    if publication is None:
        return None
    data = encode_publication(publication)
    decode_publication(data)  # what the site would refuse is not published
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / publication.name
    Disk().create(path, data, PUBLIC_MODE)
    return path


def reason_of(code: str | None, note: str | None) -> Reason | None:
    """Return the reason that an operator gave, None when none was given.

    Raises:
        PublicationRefused: half of it is missing, or it is not a code or a line of the format.
    """
    if code is None and note is None:
        return None
    line = " ".join((note or "").split())
    if code not in REASONS or not 1 <= len(line) <= MAX_NOTE or not line.isprintable():
        raise PublicationRefused("reason", codes=", ".join(REASONS))
    return Reason(code, line)
