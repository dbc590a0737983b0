"""Offers leave as a spreadsheet and come back the same; a partner's table is taken whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from catalogue import InvalidContent, Refused, read_catalogue
from catalogue.cli.main import offers
from catalogue.exchange.importing import MAX_CSV, read_offers, write_offers
from catalogue.exchange.spreadsheet import COLUMNS, csv_text
from cje.locales import messages

ROOT = Path(__file__).resolve().parents[2]
HEAD = "title;headline;summary;partner;categories;kind;valid_from;valid_until;channel"
GOOD = "Un café offert;Offert;Un café.;le-grand-lampion;loisirs;voucher;2026-12-01;2027-03-31;store"


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(offers, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit | Refused):
        raise result.exception
    return result


def table(content: Any, *lines: str, ends: str = "\n", encoding: str = "utf-8") -> Path:
    path = content.root.parent / "partenaire.csv"
    path.write_bytes((ends.join(lines) + ends).encode(encoding))
    return path


def told(content: Any, *lines: str) -> list[tuple[str, int, int]]:
    with pytest.raises(InvalidContent) as caught:
        read_offers(table(content, *lines), read_catalogue(content.root))
    return [(problem.code, problem.line, problem.column) for problem in caught.value.problems]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("bom", [True, False])
def test_our_whole_catalogue_leaves_and_comes_back_the_same(
    separator: str, bom: bool, tmp_path: Path, content_at: Any
) -> None:
    ours = read_catalogue(ROOT / "content")
    path = tmp_path / "offres.csv"
    path.write_text(csv_text(ours.offers, separator, bom), encoding="utf-8", newline="")
    from dataclasses import replace

    back = read_offers(path, replace(ours, offers=()))
    assert back == ours.offers


def test_a_sheet_program_reads_as_many_cells_as_there_are_columns() -> None:
    text = csv_text(read_catalogue(ROOT / "content").offers, bom=True)
    assert text.startswith("\ufeffnumber;")
    rows = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";", strict=True))
    assert {len(row) for row in rows} == {len(COLUMNS)} and len(rows) == 1 + 41
    assert text.count("\r\n") >= len(rows)


def test_a_title_that_looks_like_a_formula_leaves_inert(content: Any) -> None:
    content.replace("offers/place.yaml", ("title: Une place à 6,95 €", 'title: "=HYPERLINK(1)"'))
    rows = list(csv.reader(io.StringIO(run("export", "--content", str(content.root)).stdout), delimiter=";"))
    assert rows[1][rows[0].index("title")] == "'=HYPERLINK(1)"


def test_export_never_holds_a_contact_and_never_replaces_a_file(content: Any, tmp_path: Path) -> None:
    content.write(
        "partners/le-grand-lampion.yaml",
        "name: Le Grand Lampion\nsummary: Un cinéma.\ncontact: {name: Zoé Secrète}\n",
    )
    output = tmp_path / "offres.csv"
    arguments = ("export", "--content", str(content.root), "--output", str(output))
    assert run(*arguments, "--bom").exit_code == 0
    assert output.read_bytes().startswith(b"\xef\xbb\xbfnumber;")
    before = output.read_bytes()
    again = run(*arguments)
    assert isinstance(again.exception, Refused) and output.read_bytes() == before
    for form in ("csv", "json"):
        assert "Secrète" not in run("export", "--content", str(content.root), "--format", form).stdout
    listed = json.loads(run("export", "--content", str(content.root), "--format", "json").stdout)
    assert [offer["number"] for offer in listed] == [12]


def test_a_table_becomes_files_that_pass_the_check(content: Any) -> None:
    path = table(content, HEAD, GOOD, GOOD.replace("café offert", "thé offert"), ends="\r\n")
    result = run("import", "--content", str(content.root), str(path))
    assert result.exit_code == 0, result.output
    assert [Path(line).name for line in result.stdout.splitlines()] == [
        "un-cafe-offert.yaml",
        "un-the-offert.yaml",
    ]
    catalogue = read_catalogue(content.root)
    assert [(offer.number, offer.status) for offer in catalogue.offers[1:]] == [(13, "draft"), (14, "draft")]


def test_french_column_names_and_a_partner_for_all_are_understood(content: Any) -> None:
    head = HEAD.replace("title", "Titre").replace("partner;", "").replace("summary", "Résumé")
    path = table(content, head, GOOD.replace("le-grand-lampion;", ""))
    found = read_offers(path, read_catalogue(content.root), partner="le-grand-lampion")
    assert (found[0].title, found[0].partner) == ("Un café offert", "le-grand-lampion")


def test_numbers_that_are_proposed_pass_over_those_that_are_given(content: Any) -> None:
    path = table(content, f"number;slug;{HEAD}", f";a;{GOOD}", f"40;b;{GOOD}", f";c;{GOOD}")
    assert [offer.number for offer in read_offers(path, read_catalogue(content.root))] == [41, 40, 42]


def test_a_dry_run_writes_nothing(content: Any) -> None:
    before = sorted(content.root.rglob("*"))
    result = run(
        "import", "--content", str(content.root), "--dry-run", "--json", str(table(content, HEAD, GOOD))
    )
    assert json.loads(result.stdout) == {"valid": True, "offers": 1, "written": []}
    assert sorted(content.root.rglob("*")) == before


CASES: dict[str, tuple[tuple[str, ...], int, int]] = {
    "csv-quote": ((HEAD, GOOD.replace("Un café.", '"Un café.')), 2, 1),
    "csv-empty": ((HEAD,), 1, 1),
    "csv-column-unknown": ((HEAD + ";remise", GOOD + ";x"), 1, len(HEAD) + 2),
    "csv-column-repeated": ((HEAD + ";titre", GOOD + ";x"), 1, len(HEAD) + 2),
    "csv-row-length": ((HEAD, GOOD + ";trop"), 2, 1),
    "csv-cell-missing": ((HEAD, GOOD.replace(";Offert;", ";;")), 2, GOOD.index(";Offert") + 2),
    "csv-slug-taken": ((f"slug;{HEAD}", f"place;{GOOD}"), 2, 1),
}


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_fault_of_the_table_is_told_at_its_cell(code: str, content: Any) -> None:
    lines, line, column = CASES[code]
    assert (code, line, column) in told(content, *lines)


def test_every_message_of_tables_has_its_case() -> None:
    keys = {key.split(".")[1] for key in messages("catalogue", "fr") if key.startswith("problems.csv-")}
    assert keys == CASES.keys()


def test_all_faults_of_all_rows_are_told_at_once_and_nothing_is_written(content: Any) -> None:
    bad = '"Un café\n<b>offert</b>";Offert;Un café.;personne;loisirs;voucher;2026-12-01;2027-03-31;store'
    rows = (
        HEAD,
        GOOD.replace("2027-03-31", "31/03/2027"),
        bad.replace("\n", " "),
        GOOD.replace("loisirs", "loisir").replace("store", "magasin"),
        GOOD.replace("2027-03-31", "2026-11-30"),
    )
    before = sorted(content.root.rglob("*"))
    result = run("import", "--content", str(content.root), "--json", str(table(content, *rows)))
    assert result.exit_code == 1 and sorted(content.root.rglob("*")) == before
    found = {(item["line"], item["code"]) for item in json.loads(result.stdout)["problems"]}
    assert found >= {(2, "day-shape"), (3, "text-html"), (4, "value-unknown"), (5, "dates-reversed")}
    assert "rien n'a été écrit" in result.stderr


def test_a_row_over_several_lines_is_named_by_its_own(content: Any) -> None:
    first = f'"Un\ntitre";{GOOD.split(";", 1)[1]}'
    found = told(content, f"{HEAD};number", *f"{first};x".split("\n"), f"{GOOD};y")
    assert ("text-several-lines", 2, 2) in found
    assert ("value-not-number", 3, len(f"{first};x".split("\n")[1])) in found
    assert ("value-not-number", 4, len(GOOD) + 2) in found


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (f"{HEAD}\n{GOOD}\n".encode("cp1252"), "file-not-utf8"),
        (b"title\n" + b"x" * MAX_CSV, "file-too-large"),
        (f"{HEAD}\n{GOOD}\n".replace("Un café.", "Un \u202ecafé.").encode(), "text-hidden-character"),
    ],
)
def test_a_file_that_cannot_be_a_table_is_told_so(raw: bytes, code: str, content: Any) -> None:
    path = content.root.parent / "partenaire.csv"
    path.write_bytes(raw)
    with pytest.raises(InvalidContent) as caught:
        read_offers(path, read_catalogue(content.root))
    assert [problem.code for problem in caught.value.problems] == [code]


def test_files_written_before_one_that_cannot_be_are_taken_away(content: Any) -> None:
    path = table(content, f"slug;{HEAD}", f"a;{GOOD}", f"b;{GOOD}")
    found = read_offers(path, read_catalogue(content.root))
    (content.root / "offers" / "b.yaml").write_text("mine")
    with pytest.raises(Refused):
        write_offers(content.root, found)
    assert sorted(entry.name for entry in (content.root / "offers").iterdir()) == ["b.yaml", "place.yaml"]
    assert (content.root / "offers" / "b.yaml").read_text() == "mine"
