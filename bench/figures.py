"""A figure: its name, what was measured, and the bound that it must hold."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the report; `measured` must be at most `bound` or at least `least` (None: shown only)."""

    name: str
    measured: float
    unit: str
    bound: float | None = None
    note: str = ""
    least: float | None = None

    @property
    def holds(self) -> bool:
        most = self.bound is None or self.measured <= self.bound
        return most and (self.least is None or self.measured >= self.least)

    def __str__(self) -> str:
        bound = "" if self.bound is None else f"≤ {self.bound:g} {self.unit}"
        bound = bound if self.least is None else f"≥ {self.least:g} {self.unit}"
        mark = "  " if not bound else ("ok" if self.holds else "NO")
        return (
            f"{mark}  {self.name:<58} {self.measured:>10.3f} {self.unit:<6} {bound:<14} {self.note}".rstrip()
        )


def report(title: str, figures: list[Figure]) -> bool:
    """Print the figures under a title; tell whether all hold."""
    print(f"\n{title}")
    for figure in figures:
        print(figure)
    return all(figure.holds for figure in figures)


def paired_ratio(
    ours: Callable[[], object], peer: Callable[[], object], *, runs: int = 201, loops: int = 15
) -> float:
    """Return the median of ours/peer over `runs` pairs of `loops` calls each, taken in turn.

    A pair is short, so that on a busy machine most pairs are not interrupted and the median is one of those.
    """

    def once(call: Callable[[], object]) -> float:
        start = time.perf_counter()
        for _ in range(loops):
            call()
        return time.perf_counter() - start

    once(ours), once(peer)
    return statistics.median(once(ours) / once(peer) for _ in range(runs))
