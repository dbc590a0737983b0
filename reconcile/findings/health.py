"""How each till is: silent, its clock off, its list old, rows missing, two stories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconcile.findings.reference_data import Known
from reconcile.rows.export import CLOCK_BACK, CLOCK_BEHIND
from reconcile.rows.query import Query
from reconcile.rows.registry import KnownTill
from reconcile.rows.runs import Run, gaps, silent_breaks
from voucher.caps import CLOCK_SLACK

SILENT_AFTER: Final = 14 * 86_400  # two weekly exports were missed
SHIFT: Final = 120  # seconds: phones agree with each other better than that


@dataclass(frozen=True, slots=True)
class Health:
    """One till. Times and ages in seconds.

    Attributes:
        rows: imported. newest: effective time of the newest row, 0 without one.
        gaps: runs of rows that were never handed in, below the newest one.
        shift: median of phones minus till, or None. jumps: rows at which the clock went back.
        behind: rows that were decided although the clock was behind.
        list_age: of its list at its newest row, or None when that version was not learned.
        fresh_for: age from which that list is old.
    """

    till: KnownTill
    rows: int
    newest: int
    gaps: tuple[tuple[int, int], ...]
    shift: int | None
    jumps: tuple[int, ...]
    behind: int
    list_version: int
    list_age: int | None
    fresh_for: int | None
    two_stories: bool

    def silent(self, now: int) -> bool:
        """Tell whether nothing was heard of a till that should be at work."""
        return self.till.stopped is None and now - self.newest > SILENT_AFTER

    @property
    def clock_off(self) -> bool:
        shifted = self.shift is not None and abs(self.shift) > SHIFT
        return shifted or bool(self.jumps) or self.behind > 0

    @property
    def list_old(self) -> bool:
        return self.list_age is not None and self.fresh_for is not None and self.list_age > self.fresh_for


def two_stories(exports: Iterable[Mapping[str, Any]]) -> set[int]:
    """Return the tills whose exports contradict each other."""
    by_till = _by_till(exports)
    return {
        till
        for till, entries in by_till.items()
        if any(entry["other_story"] for entry in entries) or silent_breaks(map(_run, entries))
    }


def examine(
    query: Query, tills: Iterable[KnownTill], exports: Iterable[Mapping[str, Any]], known: Known
) -> list[Health]:
    """Return how each known till is, by partner and name."""
    listed = list(exports)
    by_till, liars = _by_till(listed), two_stories(listed)
    counted = {
        till: (rows, shift, behind)
        for till, rows, shift, behind in query.rows(
            "SELECT till, count(*), median(shift)::BIGINT,"
            f" count(*) FILTER ((fault & {CLOCK_BEHIND}) <> 0) FROM journal GROUP BY till"
        )
    }
    jumps: dict[int, set[int]] = defaultdict(set)
    for till, n in query.rows(f"SELECT till, n FROM journal WHERE fault > 0 AND (fault & {CLOCK_BACK}) <> 0"):
        jumps[till].add(n)
    return [
        _health(till, by_till.get(till.number, []), counted, jumps[till.number], till.number in liars, known)
        for till in sorted(tills, key=lambda till: (till.partner, till.name, till.key))
    ]


def _health(
    till: KnownTill,
    entries: list[Mapping[str, Any]],
    counted: Mapping[int, tuple[int, int | None, int]],
    jumps: set[int],
    liar: bool,
    known: Known,
) -> Health:
    rows, shift, behind = counted.get(till.number, (0, None, 0))
    last = max(entries, key=lambda entry: (entry["last"], entry["list_time"]), default=None)
    version = last["list_version"] if last else 0
    listed = known.version(till.partner, version)
    # Where one export ends and the next begins, the clock may have gone back too.
    ended = {entry["last"] + 1: entry["last_time"] for entry in entries}
    between = {
        entry["first"]
        for entry in entries
        if entry["first_time"] < ended.get(entry["first"], 0) - CLOCK_SLACK
    }
    return Health(
        till=till,
        rows=rows,
        newest=max((entry["newest"] for entry in entries), default=0),
        gaps=tuple(gaps((entry["first"], entry["last"]) for entry in entries)),
        shift=shift,
        jumps=tuple(sorted(jumps | between)),
        behind=behind,
        list_version=version,
        list_age=last["list_time"] - listed.issued if last and listed else None,
        fresh_for=listed.fresh_for if listed else None,
        two_stories=liar,
    )


def _by_till(exports: Iterable[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in exports:
        found[entry["till"]].append(entry)
    return found


def _run(entry: Mapping[str, Any]) -> Run:
    return Run(entry["first"], entry["last"], entry["before"], entry["after"])
