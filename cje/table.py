"""Tables as CSV (RFC 4180): one reader, one writer, one guard against cells that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

SEPARATORS: Final = (";", ",", "\t")
MARK: Final = "\ufeff"
"""The byte order mark without which Excel misreads accents."""

# A spreadsheet runs a cell that begins like this as a formula (OWASP, CSV injection). LibreOffice takes
# full-width signs for plain ones; some programs trim blanks before them. Apostrophes are of an earlier guard.
_FORMULA: Final = re.compile(r"[\s'\0\ufeff]*[=+\-@＝＋－＠]|'*[\t\r\n]")


class TableBroken(Exception):
    """A quote that is never closed, or text behind a closed one; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class TableRow(NamedTuple):
    """One row and the lines of the file that it stands on, counted from 1."""

    first_line: int
    last_line: int
    cells: list[str]


def guard_cell(cell: str) -> str:
    """Return the cell with an apostrophe before it when a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard_cell(cell: str) -> str:
    """Return what `guard_cell` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def encode_table(
    columns: Iterable[str], rows: Iterable[Iterable[object]], separator: str = ",", *, mark: bool = False
) -> str:
    """Return a table as CSV; every text cell is guarded, lines end in CR LF.

    Args:
        separator: a semicolon for French spreadsheets.
        mark: begin with U+FEFF, for Excel.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guard_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return (MARK if mark else "") + stream.getvalue()


def separator_of(text: str, known: Sequence[str] = SEPARATORS) -> str:
    """Return the separator that the first line has most of; the first one known wins among equals."""
    return max(known, key=text.partition("\n")[0].count)


def read_table(text: str) -> Iterator[TableRow]:
    """Yield the rows of a table, empty ones left out; the first one holds the titles.

    Raises:
        TableBroken: while reading the row that is broken.
    """
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    first = 1
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells) or first == 1:
                yield TableRow(first, lines.line_num, cells)
            first = lines.line_num + 1
    except csv.Error:
        raise TableBroken(first) from None
