"""Figures in which nobody can be found: statistics-v1 §3. Pure.

A table is cut into blocks of at least five people; only blocks are told, rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from voucher.statistics import LEAST, ROUND


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in a set of uses.

    Attributes:
        uses: accepted, not taken back, a double use once.
        people: a lower bound: different vouchers of the offer that has most of them here.
        saving: what tills wrote down, in cents.
    """

    uses: int
    people: int
    saving: int = 0

    def __add__(self, other: Counted) -> Counted:
        """Return both sets together. The people of two offers may be the same ones."""
        people = max(self.people, other.people)
        return Counted(self.uses + other.uses, people, self.saving + other.saving)


@dataclass(frozen=True, slots=True)
class Blocks:
    """A table cut into blocks.

    Attributes:
        cells: keys that are a block each. others: keys that are one block together.
    """

    cells: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


NOTHING: Final = Counted(0, 0)


def together(counted: Sequence[Counted]) -> Counted:
    """Return several sets as one."""
    return reduce(Counted.__add__, counted, NOTHING)


def cut(table: Mapping[str, Counted]) -> Blocks:
    """Cut a table into blocks of at least `LEAST` people each; none when it does not have as many.

    Cells without a use are left out: that there was none says nothing about anybody.
    """
    used = {key: counted for key, counted in table.items() if counted.uses}
    cells = [key for key in used if used[key].people >= LEAST]
    others = used.keys() - set(cells)
    if others and cells:
        smallest = min(cells, key=lambda key: (used[key].uses, key))
        cells.remove(smallest)
        return Blocks(frozenset(cells), frozenset(others | {smallest}))
    return Blocks(frozenset(cells))


def rounded(uses: int) -> int:
    """Return a number of uses as it may be told: the nearest multiple of `ROUND`."""
    return (uses + ROUND // 2) // ROUND * ROUND


def saving(counted: Counted) -> int:
    """Return the cents, in whole euros, of as many uses as are told: they say no more than that number."""
    return (rounded(counted.uses) * counted.saving + 50 * counted.uses) // (100 * counted.uses) * 100
