"""The people's CSV and the campaign's TOML: all that is wrong is told at once, with its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from issuer_world import NOW, people, person

from catalogue import Catalogue
from issuer.decisions import enrolment
from issuer.decisions.enrolment_csv import COLUMNS, read_people
from issuer.errors import InputRefused
from issuer.register import audit
from issuer.register.campaign import MAX_DAYS, Campaign, read_campaign
from issuer.register.people import Enrolment
from issuer.register.vault import State

TODAY = date(2026, 11, 21)
PROGRAMMES = ("cej", "e2c")
TITLES = "numero,programme,fin_de_droit"

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "people.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def read(path: Path) -> tuple[Enrolment, ...]:
    return read_people(path, PROGRAMMES, TODAY)


def refusal(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(InputRefused) as refused:
        read(path)
    assert refused.value.sentence.startswith(f"{path}")
    return [(problem.line, problem.code) for problem in refused.value.problems]


def test_a_name_typed_in_two_ways_is_stored_in_one(write: Write) -> None:
    """Some keyboards and systems send a letter and its accent apart (Unicode NFD)."""
    rows = f"{TITLES},prenom\n1,cej,2027-06-30,\u00c9lise\n2,cej,2027-06-30,E\u0301lise\n"
    found = read(write(rows))
    assert {one.first_name for one in found} == {"\u00c9lise"}


FULL = Enrolment(12, "cej", date(2027, 6, 30), "95", "95585", "Anne-Sophie", "ML 12/3")


@pytest.mark.parametrize(
    "content",
    [
        "numero,programme,fin_de_droit,departement,commune,prenom,reference\n"
        "12,cej,2027-06-30,95,95585,Anne-Sophie,ML 12/3\n",
        "\ufeffNuméro;Programme;Fin de droit;Département;Commune;Prénom;Référence\r\n"
        "12;cej;30/06/2027;95;95585;Anne-Sophie;ML 12/3\r\n",
        '"reference","prenom","commune","departement","fin-de-droit","programme","numero"\n'
        '"ML 12/3","Anne-Sophie","95585","95","2027-06-30","cej","12"',
        "numero,programme,fin_de_droit,departement,commune,prenom,reference\n\n,,,,,,\n"
        " 12 ,cej, 2027-06-30,95 ,95585,Anne-Sophie,ML 12/3\n\n",
    ],
    ids=["plain", "excel-in-french", "quoted-and-in-another-order", "blank-lines-and-spaces"],
)
def test_reads_what_spreadsheets_write(write: Write, content: str) -> None:
    assert read(write(content)) == (FULL,)


def test_only_three_columns_are_needed(write: Write) -> None:
    assert read(write(f"{TITLES}\n1,cej,2026-11-21\n")) == (Enrolment(1, "cej", TODAY),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", [(1, "column_missing")] * 3),
        (f"{TITLES}\n", [(0, "nobody")]),
        (f"{TITLES},age\n1,cej,2027-01-01,9\n", [(1, "unknown_column")]),
        (f"{TITLES},Numéro\n1,cej,2027-01-01,1\n", [(1, "column_twice")]),
        ("numero,programme\n1,cej\n", [(1, "column_missing")]),
        (f"{TITLES}\n1,cej\n", [(2, "cells")]),
        (f"{TITLES}\n1,cej,2027-01-01,\n", [(2, "cells")]),
        (f"{TITLES}\n1,cej,2027-01-01\n2,cej,2027-01-01\n1,e2c,2027-01-01\n", [(4, "duplicate")]),
        (f'{TITLES}\n1,"cej,2027-01-01\n', [(2, "broken_csv")]),
        (f'{TITLES}\n1,"c"ej,2027-01-01\n', [(2, "broken_csv")]),
        (f"{TITLES}\n1,cej,2027-01-01\0\n", [(2, "nul")]),
        (f"{TITLES}\n1,cej,2027-01-01\n".encode("utf-16"), [(1, "not_utf8")]),
        (f"{TITLES}\n1,cej,2027-01-01\n2,é,2027-01-01\n".encode("latin-1"), [(3, "not_utf8")]),
        (f"{TITLES}\n0,zz,2027-02-30\n", [(2, "number"), (2, "day"), (2, "programme")]),
    ],
)
def test_refuses_a_broken_file_and_says_where(
    write: Write, content: str | bytes, expected: list[tuple[int, str]]
) -> None:
    assert refusal(write(content)) == expected


@pytest.mark.parametrize(
    "number", ["", "0", "-1", "1.0", "1e3", "01", "１２", "1_0", str(2**40 + 1), "9" * 30]
)
def test_refuses_a_number_that_is_none(write: Write, number: str) -> None:
    assert refusal(write(f"{TITLES}\n{number},cej,2027-01-01\n")) == [(2, "number")]


def test_takes_the_largest_number(write: Write) -> None:
    assert read(write(f"{TITLES}\n{2**40},cej,2027-01-01\n"))[0].number == 2**40


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-11-20", "day_past"),
        ("2037-01-01", "day_far"),
        ("2027-02-29", "day"),
        ("1/6/2027", "day"),
        ("30-06-2027", "day"),
        ("06/30/2027", "day"),
        ("2027-06-30T00:00", "day"),
        ("٢٠٢٧-01-01", "day"),
        ("", "day"),
    ],
)
def test_refuses_an_end_of_right_that_cannot_be(write: Write, day: str, code: str) -> None:
    assert refusal(write(f"{TITLES}\n1,cej,{day}\n")) == [(2, code)]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("prenom", "=HYPERLINK(1)", "prenom_shape"),
        ("prenom", "@x", "prenom_shape"),
        ("prenom", "Zoé\u202e", "prenom_shape"),
        ("prenom", "é" * 41, "prenom_shape"),
        ("prenom", "R2D2", "prenom_shape"),
        ("departement", "096", "departement_shape"),
        ("departement", "978", "departement_shape"),
        ("commune", "9558", "commune_shape"),
        ("commune", "9520O", "commune_shape"),
        ("reference", "+33", "reference_shape"),
        ("reference", "a" * 61, "reference_shape"),
    ],
)
def test_refuses_a_cell_that_cannot_be(write: Write, column: str, cell: str, code: str) -> None:
    assert refusal(write(f"{TITLES},{column}\n1,cej,2027-01-01,{cell}\n")) == [(2, code)]


@pytest.mark.parametrize(
    "name", ["Zoé", "Jean-Noël", "D'Artagnan", "Marie Ange", "Ngọc", "Мария", "J.-B.", "é" * 40]
)
def test_takes_the_names_that_people_have(write: Write, name: str) -> None:
    assert read(write(f"{TITLES},prenom\n1,cej,2027-01-01,{name}\n"))[0].first_name == name


def test_a_commune_in_another_department_is_refused(write: Write) -> None:
    content = f"{TITLES},departement,commune\n1,cej,2027-01-01,75,95585\n2,cej,2027-01-01,971,97105\n"
    assert refusal(write(content)) == [(2, "commune_elsewhere")]


def test_every_problem_of_a_long_file_is_told_up_to_a_hundred(write: Write) -> None:
    lines = "\n".join(f"{number},zz,2027-01-01" for number in range(1, 301))
    assert refusal(write(f"{TITLES}\n{lines}\n")) == [(line, "programme") for line in range(2, 102)]


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "people.csv") == [(0, "unreadable")]


def test_the_columns_are_documented() -> None:
    import issuer.decisions.enrolment_csv as module

    assert all(f"`{column}`" in (module.__doc__ or "") for column in COLUMNS)


def test_a_dry_run_tells_and_changes_nothing(made: State) -> None:
    enrolment.enrol(made, people(2), NOW)
    wanted = [person(1), person(2, programme="epide"), person(3)]
    told = enrolment.enrol(made, wanted, NOW, dry_run=True)
    assert (told.new, told.changed, told.unchanged) == ((3,), (2,), (1,))
    assert enrolment.enrol(made, wanted, NOW) == told
    assert enrolment.enrol(made, wanted, NOW).unchanged == (1, 2, 3)
    with made.register.reading() as connection:
        assert [row.kind for row in audit.read(connection)] == ["init", "enrol", "enrol"]


CAMPAIGN = {
    "name": '"rentree-2026"',
    "from": "2026-09-01",
    "until": "2027-06-30",
    "programmes": '"all"',
    "offers": '[102, "cars-du-plateau-aller-retour"]',
}


def campaign_file(tmp_path: Path, **changes: str | None) -> Path:
    path = tmp_path / "c.toml"
    fields = {**CAMPAIGN, **changes}
    path.write_text("".join(f"{key} = {value}\n" for key, value in fields.items() if value is not None))
    return path


def test_reads_a_campaign_by_numbers_and_slugs(tmp_path: Path, catalogue: Catalogue) -> None:
    read_back = read_campaign(campaign_file(tmp_path), catalogue)
    assert read_back == Campaign("rentree-2026", date(2026, 9, 1), date(2027, 6, 30), (), (102, 201))
    assert Campaign.recorded(read_back.name, read_back.definition()) == read_back


def test_all_offers_are_the_published_ones(tmp_path: Path, catalogue: Catalogue) -> None:
    found = read_campaign(campaign_file(tmp_path, offers='"all"'), catalogue)
    assert found.offers == tuple(offer.number for offer in catalogue.published())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": '"Rentrée"'}, "campaign_name"),
        ({"name": "7"}, "campaign_name"),
        ({"name": f'"{"a" * 61}"'}, "campaign_name"),
        ({"from": '"2026-09-01"'}, "campaign_day"),
        ({"until": "2027-06-30T00:00:00"}, "campaign_day"),
        ({"until": "2026-08-31"}, "campaign_days"),
        ({"until": "2027-10-05"}, "campaign_days"),
        ({"programmes": "[]"}, "campaign_list"),
        ({"programmes": '["zz"]'}, "campaign_programme"),
        ({"offers": "[]"}, "campaign_list"),
        ({"offers": "[4000000]"}, "campaign_offer"),
        ({"offers": "[true]"}, "campaign_offer"),
        ({"offers": '[["x"]]'}, "campaign_offer"),
        ({"until": None}, "campaign_key_missing"),
        ({"budget": "1"}, "campaign_key"),
        ({"offers": "[1"}, "broken_toml"),
    ],
)
def test_refuses_a_wrong_campaign(
    tmp_path: Path, catalogue: Catalogue, changes: dict[str, str | None], code: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        read_campaign(campaign_file(tmp_path, **changes), catalogue)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert refused.value.sentence


@pytest.mark.parametrize(("last", "taken"), [("2027-10-04", True), ("2027-10-05", False)])
def test_a_campaign_lasts_at_most_what_a_voucher_may(
    tmp_path: Path, catalogue: Catalogue, last: str, taken: bool
) -> None:
    assert (date(2027, 10, 4) - date(2026, 9, 1)).days + 1 == MAX_DAYS
    path = campaign_file(tmp_path, until=last)
    if taken:
        found = read_campaign(path, catalogue)
        assert found.end - found.start <= 400 * 86_400
    else:
        with pytest.raises(InputRefused):
            read_campaign(path, catalogue)
