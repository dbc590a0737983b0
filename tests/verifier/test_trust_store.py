"""Installing trust files: what an attacker between operator and till can do is nothing, and it shows."""

from __future__ import annotations

import random
from dataclasses import replace
from enum import StrEnum
from functools import cache

import pytest
import walks
from till_world import (
    DAY,
    NOON,
    PARTNER,
    Scenario,
    live,
    make_claims,
    make_list,
    make_root,
    root_file,
    trust_file,
)

from verifier import Verdict, decide
from verifier.list_age import Age, age_of
from verifier.trust_store import MAX_REPORTS, Outcome, TrustStore, begin, restore
from voucher.errors import Malformed, VoucherError

EVERY = walks.every()


def run(walk: walks.Walk) -> tuple[TrustStore, list[Outcome]]:
    store, outcomes = begin(walk.build, PARTNER), []
    for data, now in walk.files:
        store, outcome = store.take(data, now)
        outcomes.append(outcome)
    return store, outcomes


@pytest.mark.promise("P9")
@pytest.mark.promise("P12")
@pytest.mark.parametrize("walk", EVERY, ids=lambda walk: walk.name)
def test_installs(walk: walks.Walk) -> None:
    assert run(walk)[1] == list(walk.outcomes)


def test_walks_reach_every_outcome() -> None:
    assert {outcome for walk in EVERY for outcome in walk.outcomes} == set(Outcome)


@pytest.mark.parametrize("walk", EVERY, ids=lambda walk: walk.name)
def test_a_refused_file_changes_nothing_but_the_reports(walk: walks.Walk) -> None:
    store = begin(walk.build, PARTNER)
    for data, now in walk.files:
        before = store
        store, outcome = store.take(data, now)
        if outcome is Outcome.EQUIVOCATION:
            assert replace(store, reports=before.reports) == before
        elif outcome is not Outcome.INSTALLED:
            assert store is before


@pytest.mark.parametrize("walk", EVERY, ids=lambda walk: walk.name)
def test_what_was_stored_is_verified_again_and_is_the_same(walk: walks.Walk) -> None:
    store, _ = run(walk)
    trust = store.installed.data if store.installed else None
    roots = [file.data for file in store.roots]
    assert restore(walk.build, PARTNER, roots, trust, store.floor, store.reports) == store


@pytest.mark.promise("P20")
@pytest.mark.parametrize("slow", [301, DAY + 301, 400 * DAY])
def test_a_slow_clock_takes_the_newer_list_and_stops_deciding(slow: int) -> None:
    """ADR 9: refusing it would leave the till with its old list, which its clock calls fresh."""
    old, now = make_list(5, issued=NOON - slow - DAY), NOON - slow
    store, _ = begin(walks.BUILD, PARTNER).take(trust_file(old), now)
    case = Scenario("", "", live(make_claims(not_before=now - DAY, expires=now + DAY), now))
    newer, outcome = store.take(trust_file(make_list(6, issued=NOON)), now)
    assert outcome is Outcome.INSTALLED
    decision = decide(case.text, trust=newer.view(), till=case.till, uses=case, now=now)
    assert decision.verdict is Verdict.CLOCK_WRONG


@cache
def _list_bytes(version: int, issued: int, flavour: int) -> bytes:
    value = make_list(version, issued=NOON + issued)
    return trust_file(replace(value, partner_name=f"Les Cars {flavour}"))


@pytest.mark.promise("P7")
def test_never_installs_an_older_or_equal_but_different_list() -> None:
    """2,000 random triples against an oracle that knows only (version, issued, flavour)."""
    chance = random.Random(7)
    for _ in range(2000):
        store, model = begin(walks.BUILD, PARTNER), None
        for _ in range(3):
            offered = (chance.randint(1, 5), chance.randint(0, 2), chance.randint(0, 1))
            store, outcome = store.take(_list_bytes(*offered), NOON + 10)
            accepted = offered[0] >= 2 and (
                model is None or (offered[0] > model[0] and offered[1] >= model[1])
            )
            if accepted:
                model = offered
            forged = model is not None and not accepted and offered[0] == model[0] and offered != model
            assert (outcome is Outcome.INSTALLED) == accepted
            assert (outcome is Outcome.EQUIVOCATION) == forged
            held = store.installed
            assert (held.data if held else None) == (_list_bytes(*model) if model else None)


@pytest.mark.promise("P8")
def test_a_frozen_list_changes_twice_in_forty_days() -> None:
    trust, claims = make_list(issued=NOON), make_claims(not_before=NOON - DAY, expires=NOON + 60 * DAY)
    ages, verdicts = [], []
    for hour in range(40 * 24 + 1):
        now = NOON + hour * 3600
        case = Scenario("", "", live(claims, now), list=trust, now=now)
        ages.append(age_of(trust, now))
        verdicts.append(decide(case.text, trust=case.trust, till=case.till, uses=case, now=now).verdict)
    assert _changes(ages) == [Age.FRESH, Age.AGEING, Age.TOO_OLD]
    assert _changes(verdicts) == [Verdict.ACCEPTED, Verdict.LIST_AGEING, Verdict.LIST_TOO_OLD]


def _changes(values: list[StrEnum]) -> list[StrEnum]:
    return [value for i, value in enumerate(values) if i == 0 or values[i - 1] != value]


def test_an_expired_list_is_restored_with_its_age() -> None:
    data = trust_file(make_list(5, expires=NOON))
    store = restore(walks.BUILD, PARTNER, [], data, NOON + DAY)
    assert store.installed is not None
    assert store.view().floor == NOON + DAY


@pytest.mark.parametrize(
    "data", [b"", b"\x00", trust_file(make_list(5, partner="epicerie")), trust_file(make_list(1))]
)
def test_a_stored_list_that_no_longer_holds_is_left_out(data: bytes) -> None:
    assert restore(walks.BUILD, PARTNER, [], data).installed is None


def test_demo_and_real_never_mix_in_a_build() -> None:
    demo = root_file(make_root(demo=True))
    with pytest.raises(Malformed):
        begin(replace(walks.BUILD, anchor=demo), PARTNER)
    with pytest.raises(Malformed):
        begin(replace(walks.BUILD, demo=True), PARTNER)
    with pytest.raises(VoucherError):
        begin(replace(walks.BUILD, anchor=b"\x00"), PARTNER)


def test_reports_are_bounded() -> None:
    store, _ = begin(walks.BUILD, PARTNER).take(trust_file(make_list(5)), NOON)
    for name in range(MAX_REPORTS + 3):
        store, outcome = store.take(trust_file(make_list(5, partner_name=f"Faux {name}")), NOON)
        assert outcome is Outcome.EQUIVOCATION
    assert len(store.reports) == MAX_REPORTS


def test_the_floor_follows_the_newest_signed_time_and_the_journal() -> None:
    store = begin(walks.BUILD, PARTNER)
    assert store.view().floor == walks.BUILD.floor_time
    store, _ = store.take(trust_file(make_list(5)), NOON)
    assert store.view().floor == NOON - DAY
    assert store.view(seen=NOON).floor == NOON
    assert store.view(seen=1).floor == NOON - DAY


def test_the_floor_is_the_newest_of_what_was_stored_and_what_the_list_says() -> None:
    data = trust_file(make_list(5))
    for stored, expected in ((0, NOON - DAY), (NOON - DAY + 1, NOON - DAY + 1), (NOON - DAY - 1, NOON - DAY)):
        assert restore(walks.BUILD, PARTNER, [], data, stored).floor == expected
    assert restore(walks.BUILD, PARTNER, [], None, 0).floor == walks.BUILD.floor_time
