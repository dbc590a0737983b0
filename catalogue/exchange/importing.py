"""A partner's offers, typed in a spreadsheet, made into files: all of them, or none and every reason why."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catalogue.errors import InvalidContent
from catalogue.exchange.new_offer import next_number, write_new
from catalogue.exchange.spreadsheet import COLUMN_AT, COLUMNS, fields_of
from catalogue.exchange.writing import schema_line, yaml_text
from catalogue.model.catalogue import Catalogue
from catalogue.model.offer import Offer
from catalogue.problems.breach import Breach
from catalogue.problems.did_you_mean import find_nearest_word, make_slug
from catalogue.problems.problem import Problem, Span
from catalogue.problems.source_file import HTML, MAX_BYTES, SourceFile, load_source
from catalogue.problems.strict_yaml import Value
from catalogue.reading.validation import SYNONYMS, validate_document
from catalogue.rules.content_rules import OFFER_RULES
from catalogue.rules.cross_rules import REFERENCE_RULES, ReferenceTargets
from cje.table import TableBroken, read_table

MAX_CSV = 32 * MAX_BYTES  # 2 MiB, some 2,000 offers at once
NATIONAL = {"kind": "national", "label": "France entière"}


@dataclass
class Row:
    """One row of the file: what it says of an offer, and where each cell stands."""

    source: SourceFile
    line: Span
    cells: Mapping[str, Span]
    data: Value
    empty: bool = False

    def span(self, place: Iterable[int | str], of_key: bool = False) -> Span:
        """The cell of a field; the row itself where there is none."""
        names = tuple(step for step in place if isinstance(step, str))
        for size in range(len(names), 0, -1):
            column = COLUMN_AT.get(names[:size])
            if column is not None and column in self.cells:
                return self.cells[column]
        return self.line

    def release(self) -> None:
        """Nothing is kept."""


def read_offers(path: Path, catalogue: Catalogue, partner: str | None = None) -> tuple[Offer, ...]:
    """Read a CSV of offers against what the catalogue has.

    Columns are those of `cje offers export`, in any order; what is left out has its usual value: draft, the
    next number, a slug from the title, the whole country.

    Args:
        partner: the partner of rows that name none.

    Raises:
        InvalidContent: with every problem of every row.
    """
    source, problems = load_source(os.fspath(path.resolve()), str(path), path.resolve().parent, MAX_CSV)
    offers: list[Offer] = []
    if source is not None:
        rows, problems = _rows(source)
        offers, refused = _offers(rows, catalogue, partner)
        problems += refused
    if problems:
        listed = tuple(sorted(problems, key=lambda problem: problem.order))
        raise InvalidContent("import.refused", listed, count=len(listed))
    return tuple(offers)


def write_offers(content: Path, offers: Iterable[Offer]) -> list[Path]:
    """Write one file an offer; when one cannot be written, those before it are taken away again.

    Raises:
        Refused: a file exists already.
    """
    written: list[Path] = []
    try:
        for offer in offers:
            path = content / "offers" / f"{offer.slug}.yaml"
            write_new(path, schema_line("offer") + yaml_text(offer))
            written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def _rows(source: SourceFile) -> tuple[list[Row], list[Problem]]:
    lines = source.text.split("\n")
    rows: list[Row] = []
    problems: list[Problem] = []
    columns: list[str] = []
    try:
        for start, _, cells in read_table(source.text):
            spans = _cell_spans(cells, lines, start)
            if not columns:
                columns, problems = _columns(source, cells, spans)
                continue
            line = source.span(start, 1, len(lines[start - 1]))
            rows.append(_row(source, line, columns, cells, spans))
            if len(cells) != len(columns):
                values = {"found": str(len(cells)), "expected": str(len(columns))}
                problems.append(Problem(source.path, "csv-row-length", line, values))
    except TableBroken as error:
        problems.append(Problem(source.path, "csv-quote", source.span(error.line, 1)))
    if not rows and not problems:
        problems.append(Problem(source.path, "csv-empty"))
    return rows, problems


def _cell_spans(cells: list[str], lines: list[str], start: int) -> list[Span]:
    """Where each cell begins; cells are searched from left to right, on the lines of their row."""
    spans, row, column = [], start - 1, 0
    for cell in cells:
        sought = cell.replace('"', '""').split("\n")
        found = lines[row].find(sought[0], column) if row < len(lines) else -1
        place = max(found, 0)
        spans.append(Span(row + 1, place + 1, max(1, len(sought[0])), lines[row]))
        row, column = row + len(sought) - 1, (place if len(sought) == 1 else 0) + len(sought[-1]) + 1
    return spans


def _columns(source: SourceFile, cells: list[str], spans: list[Span]) -> tuple[list[str], list[Problem]]:
    problems: list[Problem] = []
    columns: list[str] = []
    for cell, span in zip(cells, spans, strict=True):
        name = cell.strip().casefold()
        name = name if name in COLUMNS else SYNONYMS.get(name, name)
        if name not in COLUMNS:
            values = {"found": cell.strip(), "known": ", ".join(COLUMNS)}
            problems.append(
                Problem(source.path, "csv-column-unknown", span, values, find_nearest_word(name, COLUMNS))
            )
        elif name in columns:
            problems.append(Problem(source.path, "csv-column-repeated", span, {"found": cell.strip()}))
        columns.append(name)
    return columns, problems


def _row(source: SourceFile, line: Span, columns: list[str], cells: list[str], spans: list[Span]) -> Row:
    known = [item for item in zip(columns, cells, spans, strict=False) if item[0] in COLUMNS]
    data = fields_of({name: cell for name, cell, _ in known})
    return Row(source, line, {name: span for name, _, span in known}, data)


def _offers(rows: list[Row], catalogue: Catalogue, partner: str | None) -> tuple[list[Offer], list[Problem]]:
    known = ReferenceTargets(
        catalogue.partners,
        tuple(item.slug for item in catalogue.categories),
        tuple(item.slug for item in catalogue.programmes),
    )
    slugs = {offer.slug: f"{offer.slug}.yaml" for offer in catalogue.offers}
    numbers = {offer.number: f"{offer.slug}.yaml" for offer in catalogue.offers}
    offers: list[Offer] = []
    problems: list[Problem] = []
    free = _free_number(rows, next_number(catalogue))
    for row in rows:
        problems += _html(row)
        offer = validate_document(Offer, row, _filled(row, free, partner))
        if isinstance(offer, list):
            problems += [_diagnose(row, problem) for problem in offer]
            continue
        breaches = [breach for rule in OFFER_RULES for breach in rule(offer)]
        breaches += [breach for rule in REFERENCE_RULES for breach in rule(offer, known)]
        breaches += _taken(offer, row, slugs, numbers)
        problems += [
            Problem(row.source.path, breach.code, row.span(breach.place), breach.values, breach.suggestion)
            for breach in breaches
            if not breach.warning  # `cje offers check` tells those of the files
        ]
        offers.append(offer)
    return offers, problems


def _free_number(rows: list[Row], first: int) -> Iterator[int]:
    """Numbers above all that the catalogue has and all that the rows give themselves."""
    given = [row.data["number"] for row in rows if isinstance(row.data, dict) and "number" in row.data]
    number = max([first - 1, *(value for value in given if type(value) is int)])
    while True:
        number += 1
        yield number


def _filled(row: Row, free: Iterator[int], partner: str | None) -> dict[str, Any]:
    """What the row leaves out and has a usual value. The slug is taken from the data: it names the file."""
    data = row.data
    assert isinstance(data, dict), "a row is read into fields"
    usual: dict[str, Any] = {"status": "draft", "territory": dict(NATIONAL)}
    if partner is not None:
        usual["partner"] = partner
    if "number" not in data:
        usual["number"] = next(free)
    added = {name: value for name, value in usual.items() if name not in data}
    return {**added, "slug": data.pop("slug", None) or make_slug(str(data.get("title", ""))) or "offre"}


def _taken(offer: Offer, row: Row, slugs: dict[str, str], numbers: dict[int, str]) -> Iterator[Breach]:
    here = f"{row.source.path}:{row.line.line}"
    owner = slugs.setdefault(offer.slug, here)
    if owner != here:
        yield Breach(("slug",), "csv-slug-taken", {"found": offer.slug, "owner": owner})
    owner = numbers.setdefault(offer.number, here)
    if owner != here:
        yield Breach(("number",), "number-repeated", {"number": str(offer.number), "owner": owner})


def _diagnose(row: Row, problem: Problem) -> Problem:
    """In the words of a spreadsheet where those of a YAML file would not help."""
    if problem.code != "field-missing":
        return problem
    place = tuple(problem.values["field"].split("."))
    column = COLUMN_AT.get(place) or COLUMN_AT.get((*place, "kind"), ".".join(place))
    return replace(problem, code="csv-cell-missing", values={"column": column})


def _html(row: Row) -> Iterator[Problem]:
    for span in row.cells.values():
        found = HTML.search(span.source, span.column - 1, span.column - 1 + span.length)
        if found:
            where = replace(span, column=found.start() + 1, length=len(found[0]))
            yield Problem(row.source.path, "text-html", where, {"found": found[0]})
