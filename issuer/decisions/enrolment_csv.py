"""The people's CSV, as spreadsheets write it: UTF-8 with or without a byte order mark, comma or semicolon.

| column | | |
|---|---|---|
| `numero` | needed | 1 to 2^40, the structure's own |
| `programme` | needed | a slug of content/programmes.yaml |
| `fin_de_droit` | needed | last day included: `2027-06-30` or `30/06/2027` |
| `departement` | | `95`, `2A`, `971` |
| `commune` | | INSEE code, `95585` |
| `prenom` | | up to 40 letters |
| `reference` | | up to 60 characters |

Titles are read without accents, case or spaces. An unknown column refuses the file: a value that is silently
left out is a person without a right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from cje.table import TableBroken, TableRow, read_table
from issuer.errors import InputProblem, InputRefused, problem
from issuer.keys.derive import MAX_PERSON
from issuer.register.people import Enrolment
from issuer.text_file import read_text

COLUMNS: Final = ("numero", "programme", "fin_de_droit", "departement", "commune", "prenom", "reference")
NEEDED: Final = COLUMNS[:3]
MAX_PROBLEMS: Final = 100  # more tell nothing more

_DAY: Final = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})", re.ASCII)
_FRENCH_DAY: Final = re.compile(r"(?P<d>[0-9]{2})/(?P<m>[0-9]{2})/(?P<y>[0-9]{4})", re.ASCII)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,12}", re.ASCII)
_DEPARTMENT: Final = re.compile(r"0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6]", re.ASCII)
_COMMUNE: Final = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}", re.ASCII)
# Letters of any script with their marks, and what joins names. Nothing that a spreadsheet would compute.
_NAME: Final = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+)*\.?")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._/-]{0,58}[A-Za-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file holds: the people of its good lines, where each stands, and what is wrong elsewhere."""

    people: tuple[Enrolment, ...]
    lines: Mapping[int, int]
    problems: tuple[InputProblem, ...]


def survey_people(path: Path, programmes: Collection[str], today: date) -> Survey:
    """Read a CSV of people, in the order of its lines, faulty ones left out.

    Args:
        programmes: the catalogue's slugs.
        today: a right that ended before it is refused.

    Raises:
        InputRefused: the file cannot be read as text.
    """
    reader = _Reader(programmes, today)
    people = reader.read(read_text(path))
    return Survey(tuple(people), reader.first_line, tuple(reader.problems[:MAX_PROBLEMS]))


def read_people(path: Path, programmes: Collection[str], today: date) -> tuple[Enrolment, ...]:
    """Read a CSV of people; nothing of a file with a fault counts.

    Raises:
        InputRefused: with every problem and its line.
    """
    found = survey_people(path, programmes, today)
    if found.problems:
        raise InputRefused(str(path), found.problems)
    return found.people


def check_person(row: Mapping[str, str], shown: str, programmes: Collection[str], today: date) -> Enrolment:
    """Check one person's cells, by column, with the same rules as a line of a file.

    Args:
        shown: names the person in messages.

    Raises:
        InputRefused: with every problem.
    """
    reader = _Reader(programmes, today)
    found = list(reader.person(0, {column: row.get(column, "").strip() for column in COLUMNS}))
    if reader.problems:
        raise InputRefused(shown, tuple(reader.problems))
    return found[0]


@dataclass
class _Reader:
    """One reading: what was wrong so far, and on which line each number stood first."""

    programmes: Collection[str]
    today: date
    problems: list[InputProblem] = field(default_factory=list)
    first_line: dict[int, int] = field(default_factory=dict)

    def read(self, text: str) -> list[Enrolment]:
        if "\0" in text:
            self.problems.append(problem(text.count("\n", 0, text.index("\0")) + 1, "nul"))
            return []
        found: list[Enrolment] = []
        try:
            rows = read_table(text)
            titles = self.titles(next(rows, TableRow(1, 1, [])).cells)
            if self.problems:
                return []
            for row in rows:
                found += self.line(row.last_line, titles, row.cells)
        except TableBroken as error:
            self.problems.append(problem(error.line, "broken_csv"))
        if not found and not self.problems:
            self.problems.append(problem(0, "nobody"))
        return found

    def titles(self, cells: list[str]) -> list[str]:
        titles = [_folded(cell) for cell in cells]
        for title, cell in zip(titles, cells, strict=True):
            if title not in COLUMNS:
                self.problems.append(problem(1, "unknown_column", column=cell, columns=", ".join(COLUMNS)))
            elif titles.count(title) > 1 and titles.index(title) == cells.index(cell):
                self.problems.append(problem(1, "column_twice", column=cell))
        for needed in NEEDED:
            if needed not in titles:
                self.problems.append(problem(1, "column_missing", column=needed))
        return titles

    def line(self, line: int, titles: list[str], cells: list[str]) -> Iterator[Enrolment]:
        if len(cells) != len(titles):
            self.problems.append(problem(line, "cells", expected=len(titles), found=len(cells)))
            return
        row = {
            title: unicodedata.normalize("NFC", cell.strip())
            for title, cell in zip(titles, cells, strict=True)
        }
        yield from self.person(line, row)

    def person(self, line: int, row: Mapping[str, str]) -> Iterator[Enrolment]:
        before = len(self.problems)
        number, right_until = self.number(line, row["numero"]), self.day(line, row["fin_de_droit"])
        if row["programme"] not in self.programmes:
            known = ", ".join(sorted(self.programmes))
            self.problems.append(problem(line, "programme", found=row["programme"], known=known))
        department = self.optional(line, row, "departement", _DEPARTMENT, 3)
        commune = self.optional(line, row, "commune", _COMMUNE, 5)
        if department and commune and not commune.startswith(department):
            self.problems.append(problem(line, "commune_elsewhere", commune=commune, department=department))
        first_name = self.optional(line, row, "prenom", _NAME, 40)
        reference = self.optional(line, row, "reference", _REFERENCE, 60)
        if len(self.problems) == before and number is not None and right_until is not None:
            yield Enrolment(number, row["programme"], right_until, department, commune, first_name, reference)

    def number(self, line: int, cell: str) -> int | None:
        if not _NUMBER.fullmatch(cell) or int(cell) > MAX_PERSON:
            self.problems.append(problem(line, "number", found=cell, limit=MAX_PERSON))
            return None
        number = int(cell)
        if (first := self.first_line.setdefault(number, line)) != line:
            self.problems.append(problem(line, "duplicate", number=number, first=first))
        return number

    def day(self, line: int, cell: str) -> date | None:
        match = _DAY.fullmatch(cell) or _FRENCH_DAY.fullmatch(cell)
        try:
            day = date(int(match["y"]), int(match["m"]), int(match["d"])) if match else None
        except ValueError:
            day = None
        if day is None:
            self.problems.append(problem(line, "day", found=cell))
        elif day < self.today:
            self.problems.append(problem(line, "day_past", found=cell))
        elif day.year > self.today.year + 10:
            self.problems.append(problem(line, "day_far", found=cell))
        return day

    def optional(
        self, line: int, row: Mapping[str, str], column: str, shape: re.Pattern[str], limit: int
    ) -> str | None:
        cell = row.get(column, "")
        if not cell:
            return None
        if len(cell) > limit or not shape.fullmatch(cell):
            self.problems.append(problem(line, f"{column}_shape", found=cell[:60]))
        return cell


def _folded(title: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", title) if not unicodedata.combining(c))
    return re.sub(r"[\s-]+", "_", bare.strip().lower())
