"""Geometry of column charts, in units of the drawing. The stylesheet sets the colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Column", "Columns", "columns"]

_ABOVE = 26  # room for the number over the tallest column
_BELOW = 44  # room for the name of the month and the year
_GAP = 0.28  # of a column's slot
_ROUND = 5


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its SVG path, and position and text of its labels."""

    path: str
    middle: float
    top: float
    value: str
    name: str
    year: str


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of columns."""

    width: int
    height: int
    base: int
    columns: tuple[Column, ...]


def columns(
    values: Sequence[int | None],
    said: Sequence[str],
    names: Sequence[tuple[str, str]],
    width: int,
    height: int,
) -> Columns:
    """Lay out one column a value; None leaves an empty slot.

    Args:
        values: at least 0.
        said: the label above each column.
        names: month and year below each column.
        width: of the whole drawing, in its units.
        height: of the whole drawing, in its units.
    """
    base, slot = height - _BELOW, width / max(1, len(values))
    most = max((value for value in values if value), default=1)
    laid = []
    for index, (value, over, (name, year)) in enumerate(zip(values, said, names, strict=True)):
        tall = (base - _ABOVE) * (value or 0) / most
        left, right = slot * (index + _GAP / 2), slot * (index + 1 - _GAP / 2)
        laid.append(
            Column(
                path=_column(left, right, base, tall) if value else "",
                middle=round((left + right) / 2, 1),
                top=round(base - tall - 8, 1),
                value=over,
                name=name,
                year=year,
            )
        )
    return Columns(width, height, base, tuple(laid))


def _column(left: float, right: float, base: float, tall: float) -> str:
    """Return the path of a column with a round top. The height is exact, also when it is very small."""
    bend = min(_ROUND, tall, (right - left) / 2)
    return (
        f"M{left:.1f} {base:.1f}V{base - tall + bend:.1f}Q{left:.1f} {base - tall:.1f} {left + bend:.1f} "
        f"{base - tall:.1f}H{right - bend:.1f}Q{right:.1f} {base - tall:.1f} {right:.1f} "
        f"{base - tall + bend:.1f}V{base:.1f}Z"
    )
