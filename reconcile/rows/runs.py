"""What is known of one till's chain: the runs of rows that were imported, and whether a new one agrees.

Two runs agree when the hash of a row that both have is the same: then every row before it is the same too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

MARK: Final = 16  # bytes of a hash that are kept and compared


@dataclass(frozen=True, slots=True)
class Run:
    """Rows `first..last` of a till; `before` and `after` are the hashes around them."""

    first: int
    last: int
    before: bytes
    after: bytes


@dataclass(slots=True)
class Chain:
    """A till's runs. Attributes:

    marks: first bytes of hash(n) at more rows than the ends of runs.
    two_stories: the till has signed what contradicts itself; nothing can be told from hashes any more.
    """

    runs: list[Run] = field(default_factory=list)
    marks: dict[int, bytes] = field(default_factory=dict)
    two_stories: bool = False

    def mark(self, n: int) -> bytes | None:
        """Return the known mark of row n."""
        for run in self.runs:
            if run.last == n:
                return run.after[:MARK]
            if run.first - 1 == n:
                return run.before[:MARK]
        return self.marks.get(n)

    def holes(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return which parts of `first..last` are in no run."""
        missing, at = [], first
        for run in sorted(self.runs, key=lambda run: run.first):
            if run.last < at or run.first > last:
                continue
            if run.first > at:
                missing.append((at, run.first - 1))
            at = max(at, run.last + 1)
        return [*missing, (at, last)] if at <= last else missing

    def points(self, first: int, last: int) -> set[int]:
        """Return the rows of `first..last` at which a new run can be compared with the known ones."""
        ends = {n for run in self.runs for n in (run.last, run.first - 1)}
        return {n for n in ends | set(self.marks) | {last} if first <= n <= last}

    def contradicts(self, new: Run, marks: Mapping[int, bytes]) -> bool:
        """Tell whether a new run, with its hashes at some rows, is of another story than the known ones."""
        seen = {**{n: value[:MARK] for n, value in marks.items()}, new.first - 1: new.before[:MARK]}
        return self.two_stories or any(
            known is not None and known != value for n, value in seen.items() for known in (self.mark(n),)
        )

    def add(self, new: Run, marks: Mapping[int, bytes]) -> None:
        """Take a run that agrees."""
        self.runs.append(new)
        self.marks.update({n: value[:MARK] for n, value in marks.items()})


def gaps(runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the rows that are in no run: from 1 to the last one that is known."""
    missing, at = [], 1
    for first, last in sorted(runs):
        if first > at:
            missing.append((at, first - 1))
        at = max(at, last + 1)
    return missing


def silent_breaks(runs: Iterable[Run]) -> list[int]:
    """Return the rows n at which two runs meet and their hashes do not."""
    ordered = sorted(runs, key=lambda run: run.first)
    return [b.first for a, b in pairwise(ordered) if b.first == a.last + 1 and b.before != a.after]
