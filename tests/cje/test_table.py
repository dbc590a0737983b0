"""Tables: what is written is read again, and no cell is a formula for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cje.table import TableBroken, encode_table, guard_cell, read_table, separator_of, unguard_cell

ROOT = Path(__file__).resolve().parents[2]
DANGEROUS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize(
    "start",
    [
        "=1+1",
        "+33",
        "-10 %",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        " =1",
        "\u00a0=1",
        "\0=1",
        "\ufeff=1",
        "'=1",
        "''-1",
    ],
)
def test_no_cell_is_a_formula_for_a_spreadsheet(start: str) -> None:
    assert (guard_cell(start), guard_cell(f"G{start}")) == (f"'{start}", f"G{start}")


@given(st.text())
def test_a_guarded_cell_is_read_as_it_was_typed(cell: str) -> None:
    assert unguard_cell(guard_cell(cell)) == cell
    assert not guard_cell(cell).startswith(tuple(DANGEROUS))


CELLS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5), st.sampled_from(";,"))
def test_what_is_written_is_read_again(rows: list[list[str]], separator: str) -> None:
    text = encode_table(("a", "b", "c"), rows, separator)
    found = [list(map(unguard_cell, row.cells)) for row in read_table(text)]
    kept = [row for row in rows if any(guard_cell(cell).strip() for cell in row)]
    assert found == [["a", "b", "c"], *kept]


def test_numbers_are_not_guarded() -> None:
    assert encode_table(("a",), [(-5,), ("-5",)], mark=True) == "\ufeffa\r\n-5\r\n'-5\r\n"


def test_a_row_says_on_which_lines_it_stands() -> None:
    rows = list(read_table('a;b\r\n"two\r\nlines";1\r\n\r\nx;2\r\n'))
    assert [(row.first_line, row.last_line, row.cells[0]) for row in rows] == [
        (1, 1, "a"),
        (2, 3, "two\r\nlines"),
        (5, 5, "x"),
    ]


def test_a_quote_that_is_never_closed_names_its_line() -> None:
    with pytest.raises(TableBroken) as broken:
        list(read_table('a;b\nx;1\n"y;2\n'))
    assert broken.value.line == 3


@pytest.mark.parametrize(("title", "separator"), [("a;b,c;d", ";"), ("a,b", ","), ("a\tb", "\t"), ("a", ";")])
def test_the_title_line_tells_the_separator(title: str, separator: str) -> None:
    assert separator_of(f"{title}\nx,x,x,x;;;;;;") == separator


def test_no_other_file_writes_or_reads_csv() -> None:
    """Each would have a guard of its own: two of them disagreed on full-width signs."""
    rooms = ("catalogue", "cje", "desk", "issuer", "reconcile", "site_builder", "verifier")
    users = [
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"^\s*(?:import csv|from csv)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert users == ["cje/table.py"]
    assert list(csv.reader(io.StringIO(encode_table(("a", "b"), [("x", '"')])))) == [["a", "b"], ["x", '"']]
