"""What a list says of an offer, who gets what, and people forgotten in chunks: each rule by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from issuer_world import DAY, IMPORTED, NOW, PHRASE, VOUCHER, list_of, make_campaign, people, person, run
from sqlalchemy import select

from catalogue import Catalogue
from catalogue.model.ways_of_use import VoucherUse
from issuer.cards.eligibility import Eligibility
from issuer.decisions import erasure, undoable
from issuer.decisions.enrolment import enrol, enrol_all
from issuer.publishing import renewal
from issuer.publishing.trust_lists import _may_sign
from issuer.register import grants, imported_codes, issuing_keys, schema
from issuer.register import people as enrolled
from issuer.register.vault import State

LONG_AFTER = NOW + 5 * 365 * DAY


def with_offer(catalogue: Catalogue, number: int, **changes: object) -> Catalogue:
    """The catalogue with one offer changed; `use` changes are those of its way of use."""
    offers = tuple(
        offer.model_copy(update=changes) if offer.number == number else offer for offer in catalogue.offers
    )
    return replace(catalogue, offers=offers)


@pytest.mark.parametrize("flag", ["paper", "short_code", "identity_check", "amount_asked"])
@pytest.mark.parametrize("value", [True, False])
def test_a_list_says_what_the_offer_says(
    made: State, few: Catalogue, tmp_path: Path, flag: str, value: bool
) -> None:
    """The other three flags are the opposite, so that none can be taken for another."""
    flags = dict.fromkeys(("paper", "short_code", "identity_check", "amount_asked"), not value)
    use = few.offer(VOUCHER).use
    assert isinstance(use, VoucherUse)
    changed = with_offer(few, VOUCHER, use=use.model_copy(update={**flags, flag: value}))
    renewal.renew_lists(made, changed, out=tmp_path, passphrase=PHRASE, now=NOW)
    listed = list_of(tmp_path, changed.offer(VOUCHER).partner).offer(VOUCHER)
    assert listed is not None
    assert {name: getattr(listed, name) for name in flags} == {**flags, flag: value}


def test_a_programmes_key_signs_open_offers_and_its_own(made: State, few: Catalogue) -> None:
    with made.register.reading() as connection:
        key = issuing_keys.read(connection)[0]
    for programme, offered, entitled in (
        (None, ("e2c",), True),
        (None, (), True),
        ("cej", (), True),
        ("cej", ("cej", "e2c"), True),
        ("cej", ("e2c",), False),
    ):
        offer = few.offer(VOUCHER).model_copy(update={"programmes": offered})
        assert _may_sign(replace(key, programme=programme), offer) is entitled, (programme, offered)


def test_people_of_one_kind_but_for_one_field_get_what_is_theirs(catalogue: Catalogue) -> None:
    """The cache of kinds must tell people apart who differ in programme, place or end of right alone."""
    narrow = with_offer(
        catalogue, VOUCHER, programmes=("cej",), valid_from=date(2027, 1, 1), valid_until=date(2027, 6, 30)
    )
    kinds = Eligibility(make_campaign(narrow, offers=[VOUCHER]), narrow, NOW)
    same = person(1)
    others = {
        "programme": person(2, programme="e2c"),
        "right_until": person(3, right_until=date(2026, 12, 31)),
    }
    assert kinds.numbers(same) == {VOUCHER}
    assert {field: kinds.numbers(other) for field, other in others.items()} == {
        field: set() for field in others
    }
    assert kinds.numbers(same) == {VOUCHER}


@pytest.fixture
def chunks_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (enrolled, grants, erasure, imported_codes):
        monkeypatch.setattr(module, "_CHUNK", 2)


@pytest.mark.usefixtures("chunks_of_two")
def test_everybody_is_found_and_forgotten_however_many_they_are(
    made: State, few: Catalogue, tmp_path: Path
) -> None:
    imported_codes.import_codes(made, few.offer(IMPORTED), [f"C-{i}" for i in range(5)], NOW)
    run(made, few, tmp_path, people(5), make_campaign(few, offers=[VOUCHER, IMPORTED]))
    with made.register.reading() as connection:
        assert sorted(grants.of_people(connection, range(1, 6))) == [1, 2, 3, 4, 5]
        assert sorted(enrolled.find(connection, range(1, 6))) == [1, 2, 3, 4, 5]
        assert sorted(person for person, _ in imported_codes.held(connection, range(1, 6))) == [1, 2, 3, 4, 5]
    assert erasure.retain(made, LONG_AFTER).gone == (1, 2, 3, 4, 5)
    with made.register.reading() as connection:
        assert not grants.of_people(connection, range(1, 6)) and not enrolled.find(connection, range(1, 6))
    # Whoever gets the number next has another card than the one before.
    enrol(made, people(5), LONG_AFTER)
    with made.register.reading() as connection:
        assert {one.card for one in enrolled.find(connection, range(1, 6)).values()} == {2}
        assert list(connection.execute(select(schema.retired))) == []


def test_the_code_of_somebody_who_was_forgotten_is_given_to_nobody_else(
    made: State, few: Catalogue, tmp_path: Path
) -> None:
    imported_codes.import_codes(made, few.offer(IMPORTED), ["C-1", "C-2"], NOW)
    campaign = make_campaign(few, offers=[IMPORTED])
    run(made, few, tmp_path, people(1), campaign)
    erasure.erase(made, 1, NOW)
    erasure.retain(made, LONG_AFTER)
    run(made, few, tmp_path, people(1, first=2), campaign)
    with made.register.reading() as connection:
        rows = connection.execute(select(schema.stock.c.code, schema.stock.c.person, schema.stock.c.spent))
        assert sorted(map(tuple, rows)) == [("C-1", None, 1), ("C-2", 2, 0)]


def test_what_stood_before_an_action_is_kept_a_day(made: State) -> None:
    enrol(made, people(1), NOW)

    later_right = person(1, right_until=date(2027, 12, 31))
    undoable.perform(
        made,
        "t" * 22,
        "renew",
        (1,),
        NOW,
        lambda connection: enrol_all(connection, made.identity, (later_right,), NOW),
    )
    for later, kept in ((86_400, True), (86_401, False)):
        undoable.prepare(made, NOW + later)
        with made.register.reading() as connection:
            action = undoable.find(connection, "t" * 22)
        assert action is not None and action.undoable is kept, later
