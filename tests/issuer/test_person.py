"""One person at the command line, a file's dry run, and what a campaign would make."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from issuer_world import IMPORTED, NOW, SHARED, VOUCHER, make_campaign, people, person, run, tree

from catalogue import Catalogue
from issuer.decisions import enrolment, withdrawal
from issuer.decisions import person as dossier
from issuer.decisions.enrolment_preview import Difference, preview
from issuer.errors import InputRefused, IssuerError
from issuer.publishing import plan
from issuer.register import audit, imported_codes
from issuer.register.vault import State
from voucher import civil

TODAY = civil.day_of(NOW)
PROGRAMMES = ("cej", "epide")


def rows(made: State) -> int:
    with made.register.reading() as connection:
        return audit.verify(audit.read(connection), made.identity).number


def test_a_person_is_enrolled_once(made: State) -> None:
    dossier.enrol_one(made, person(7), NOW)
    with pytest.raises(IssuerError) as refused:
        dossier.enrol_one(made, person(7, first_name="Zoé"), NOW)
    assert refused.value.code == "person_exists" and "person correct 7" in refused.value.sentence
    with made.register.reading() as connection:
        assert dossier.the(connection, 7).enrolment == person(7)


def correct(made: State, **cells: str) -> None:
    dossier.correct(made, 7, cells, programmes=PROGRAMMES, today=TODAY, now=NOW)


def test_a_correction_changes_what_it_names_and_forgets_what_is_empty(made: State) -> None:
    dossier.enrol_one(made, person(7), NOW)
    correct(made, commune="95127", prenom="")
    with made.register.reading() as connection:
        assert dossier.the(connection, 7).enrolment == person(7, commune="95127", first_name=None)
    before = rows(made)
    correct(made, commune="95127")
    assert rows(made) == before, "nothing changed, nothing was decided"
    for cells in (
        {"programme": "zz"},
        {"commune": "75056"},
        {"fin_de_droit": "2026-01-01"},
        {"prenom": "=1"},
    ):
        with pytest.raises(InputRefused):
            correct(made, **cells)
    assert rows(made) == before


def test_a_name_is_corrected_after_the_right_ended(made: State) -> None:
    dossier.enrol_one(made, person(7, right_until=date(2026, 1, 1)), NOW)
    correct(made, prenom="Zoé")
    with pytest.raises(InputRefused):
        correct(made, fin_de_droit="2026-01-02")


def test_a_right_is_renewed_to_a_later_day_only(made: State) -> None:
    dossier.enrol_one(made, person(7), NOW)

    def renew(until: str) -> date:
        done = dossier.renew(made, 7, until, programmes=PROGRAMMES, today=TODAY, now=NOW)
        return done.right_until

    assert renew("31/12/2027") == date(2027, 12, 31)
    for until, code in (("2027-12-31", "renewal_not_later"), ("demain", "input")):
        with pytest.raises(IssuerError) as refused:
            renew(until)
        assert refused.value.code == code
    withdrawal.revoke_person(made, 7, NOW)
    with pytest.raises(IssuerError) as refused:
        renew("2028-12-31")
    assert refused.value.code == "person_closed" and "replace --person 7" in refused.value.sentence


def test_people_are_found_by_number_reference_or_first_name(made: State) -> None:
    enrolment.enrol(made, [person(7, reference="ML 7"), person(70, first_name="Zoé"), person(8)], NOW)
    with made.register.reading() as connection:
        found = {
            wanted: [one.number for one in dossier.search(connection, wanted)]
            for wanted in ("7", "ML 7", "Zoé", "Lina", "nobody", "%", "9" * 30)
        }
    assert found == {"7": [7], "ML 7": [7], "Zoé": [70], "Lina": [7, 8], "nobody": [], "%": [], "9" * 30: []}


def test_a_preview_tells_each_field_and_that_a_card_stays_closed(made: State) -> None:
    enrolment.enrol(made, people(2), NOW)
    withdrawal.revoke_person(made, 2, NOW)
    new, changed, same = preview(made, [person(3), person(2, commune=None), person(1)])
    assert (new.number, new.change) == (3, "new") and (same.number, same.change) == (1, "unchanged")
    assert changed.closed and changed.differences == (Difference("commune", "95585", ""),)


def test_a_plan_counts_what_issuing_then_makes(made: State, catalogue: Catalogue, tmp_path: Path) -> None:
    wanted = [*people(5), person(6, programme="epide", commune="75056", department="75")]
    wanted.append(person(7, right_until=date(2026, 11, 20)))
    campaign = make_campaign(catalogue, offers=[VOUCHER, SHARED, IMPORTED])
    imported_codes.import_codes(made, catalogue.offer(IMPORTED), [f"CODE-{i}" for i in range(4)], NOW)
    before = rows(made)
    counted = plan.plan(made, catalogue, campaign, NOW, wanted)
    assert rows(made) == before and not (tmp_path / "out").exists()
    [codes] = counted.codes
    assert (codes.offer, codes.wanted, codes.left, codes.missing) == (IMPORTED, 5, 4, 1)
    assert (counted.people, counted.new, counted.closed, counted.over) == (6, 6, 0, 1)

    imported_codes.import_codes(made, catalogue.offer(IMPORTED), ["CODE-4"], NOW)
    report = run(made, catalogue, tmp_path / "out", wanted, campaign)
    size = sum(len(data) for name, data in tree(tmp_path / "out").items() if name.startswith("w/"))
    assert (len(report.cards), report.vouchers, size) == (counted.people, counted.vouchers, counted.size)
    withdrawal.revoke_person(made, 1, NOW)
    again = plan.plan(made, catalogue, campaign, NOW)
    assert (again.people, again.new, again.closed, again.over) == (5, 0, 1, 1)
    assert [(one.wanted, one.left) for one in again.codes] == [(0, 0)]


@pytest.mark.parametrize("left", [1, 2])
def test_a_stock_is_low_when_fewer_than_one_in_ten_is_left(left: int) -> None:
    assert imported_codes.Level(202, 20, left).low == (left < 2)


def test_codes_are_read_as_spreadsheets_write_them(catalogue: Catalogue, tmp_path: Path) -> None:
    for content in ("AB-1\nAB-2\n", '\ufeffCode\r\n"AB-1"\r\n"AB-2";\r\n', '"AB-1"\n\n"AB-2"'):
        (tmp_path / "codes.csv").write_text(content)
        assert imported_codes.read_codes(tmp_path / "codes.csv", catalogue.offer(IMPORTED)) == (
            "AB-1",
            "AB-2",
        )
    (tmp_path / "codes.csv").write_text("code\nAB-1\n\nAB-1\n")
    with pytest.raises(InputRefused) as refused:
        imported_codes.read_codes(tmp_path / "codes.csv", catalogue.offer(IMPORTED))
    assert [(one.line, one.code) for one in refused.value.problems] == [(4, "code_twice")]
