"""Random histories against an oracle of ten lines; each kind of finding by itself; no false alarm."""

from __future__ import annotations

import json
import os
import random
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from till_world import (
    AMOUNT,
    DAY,
    ELSEWHERE,
    ISSUER,
    OLD_ISSUER,
    PAPER,
    STRANGER,
    issuing,
    presentation_bytes,
    trust_file,
    voucher_bytes,
)
from tills import NOON, PARTNER, Shop, Till, make_claims, make_list

from reconcile.figures import figures, totals
from reconcile.findings import findings as findings_module
from reconcile.findings.finding import Kind
from reconcile.findings.report import Report
from reconcile.printing import printing, report_page
from voucher.civil import period_start
from voucher.claims import Claims, Period
from voucher.ed25519 import kid
from voucher.journal import Row

TILLS = 3
VOUCHERS: tuple[Claims, ...] = (
    make_claims(0),
    make_claims(1, uses=2),
    make_claims(2, uses=0),
    make_claims(3, uses=2, holder=None, offer=PAPER),
    make_claims(4, uses=1, period=Period.WEEK),
    make_claims(5, uses=2, period=Period.DAY, holder=None, offer=PAPER),
)
WHEN = (NOON, NOON + 3600, NOON + 2 * DAY, NOON + 6 * DAY)

USE = st.tuples(
    st.integers(0, TILLS - 1), st.integers(0, len(VOUCHERS) - 1), st.integers(1, 3), st.sampled_from(WHEN)
)


def oracle(uses: list[tuple[int, int, int]]) -> dict[bytes, str]:
    """What truly happened too often: (voucher, seq, when) of all uses that were not taken back."""
    by_voucher: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, seq, at in uses:
        by_voucher[number].append((seq, at))
    found = {}
    for number, shown in by_voucher.items():
        claims = VOUCHERS[number]
        periods = Counter(period_start(at, claims.period) for _, at in shown)
        if claims.uses and max(periods.values()) > claims.uses:
            found[claims.cti] = "over_limit"
        if claims.holder and len({seq for seq, _ in shown}) < len(shown):
            found[claims.cti] = "same_use"
    return found


def histories(uses: list[tuple[int, int, int, int]], voids: list[int]) -> tuple[list[Till], dict[bytes, str]]:
    """Let tills write what happened, without asking whether they should."""
    tills = [Till(f"Guichet {n}") for n in range(TILLS)]
    truth: dict[tuple[int, int], tuple[int, int, int]] = {}
    for till, number, seq, at in uses:
        truth[till, tills[till].accept(VOUCHERS[number], at, seq)] = (number, seq, at)
    for pick in voids:
        if truth:
            till, n = sorted(truth)[pick % len(truth)]
            tills[till].void(n, WHEN[-1])
            del truth[till, n]
    return [till for till in tills if till.rows], oracle(list(truth.values()))


def doubles(report: Report) -> dict[bytes, str]:
    wanted = (Kind.SAME_USE, Kind.OVER_LIMIT)
    ordered = sorted(report.findings, key=lambda finding: finding.kind is Kind.SAME_USE)
    found = {f.cti: str(f.kind) for f in ordered if f.kind in wanted and f.cti is not None}
    assert {finding.kind for finding in report.findings} <= set(wanted), "a false alarm"
    return found


@pytest.mark.promise("P18")
@settings(
    max_examples=300 if os.environ.get("CJE_NIGHTLY") else 6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    uses=st.lists(USE, min_size=1, max_size=14),
    voids=st.lists(st.integers(0, 50), max_size=3),
    seed=st.integers(0, 2**32),
)
def test_every_double_use_is_found_and_nothing_else_in_whatever_order_exports_come(
    uses: list[tuple[int, int, int, int]], voids: list[int], seed: int
) -> None:
    tills, expected = histories(uses, voids)
    chance = random.Random(seed)
    parts = []
    for till in tills:
        cut = chance.randint(1, len(till.rows))
        parts += [till.export(1, cut)]
        parts += [till.export(cut + 1)] if cut < len(till.rows) else []
        parts += [till.export(chance.randint(1, len(till.rows)))]  # one that overlaps
        parts += [till.export()] if chance.random() < 0.5 else []
    reports = []
    for round_ in range(2):
        shop = Shop()
        shop.know(*tills)
        chance.shuffle(parts)
        for start in range(0, len(parts), 4 + round_):
            assert not shop.take(*parts[start : start + 4 + round_]).refused
        report = shop.report()
        assert doubles(report) == expected
        reports.append([(f.id, f.uses) for f in report.findings])
        assert sum(entry["new"] for entry in shop.store.exports()) == sum(len(till.rows) for till in tills)
    assert reports[0] == reports[1]


@pytest.mark.parametrize(
    ("name", "bug"),
    [
        ("_over", lambda period, kid: []),
        ("_SHOWN", "list > 5"),
        ("_too_often", lambda uses: iter(())),
    ],
)
def test_the_oracle_catches_a_seeded_bug(monkeypatch: pytest.MonkeyPatch, name: str, bug: Any) -> None:
    tills, expected = histories(
        [(0, 0, 1, NOON), (1, 0, 2, NOON), (2, 4, 1, NOON), (1, 4, 2, NOON + 3600)], []
    )
    assert len(expected) == 2
    shop = Shop()
    shop.know(*tills)
    shop.take(*(till.export() for till in tills))
    assert doubles(shop.report()) == expected
    monkeypatch.setattr(findings_module, name, bug)
    assert doubles(shop.report()) != expected


def kinds_of(*rows: Row, till: Till | None = None, lists: tuple[bytes, ...] = ()) -> list[Kind]:
    """Import one till's rows and return what is found."""
    till = till or Till("Guichet")
    till.rows += rows
    shop = Shop()
    for listed in lists:
        shop.learn(listed)
    shop.know(till)
    assert not shop.take(till.export()).refused
    return [finding.kind for finding in shop.report().findings]


def one(claims: Claims, at: int = NOON, **changes: Any) -> list[Kind]:
    till = Till("Guichet")
    till.accept(claims, at, **changes)
    return kinds_of(till=till)


def test_an_honest_use_is_no_finding() -> None:
    assert one(make_claims()) == []


def test_evidence_of_another_use_proves_nothing() -> None:
    assert one(make_claims(), evidence=presentation_bytes(make_claims(2))) == [Kind.UNPROVEN]
    assert one(make_claims(), evidence=presentation_bytes(make_claims(), seq=2)) == [Kind.UNPROVEN]
    assert one(make_claims(), evidence=None) == [Kind.UNPROVEN]
    assert one(make_claims(), evidence=b"") == [Kind.UNPROVEN]


def test_a_use_without_evidence_uses_nobodys_voucher_up() -> None:
    honest, liar = Till("Guichet 1"), Till("Guichet 2")
    honest.accept(make_claims())
    liar.accept(make_claims(), evidence=None)
    shop = Shop()
    shop.know(honest, liar)
    shop.take(honest.export(), liar.export())
    assert [finding.kind for finding in shop.report().findings] == [Kind.UNPROVEN]


def test_a_phones_voucher_without_the_phone_is_found() -> None:
    assert one(make_claims(), evidence=voucher_bytes(make_claims())) == [Kind.BARE]


@pytest.mark.parametrize("at", [NOON - 10 * DAY - 1, NOON + 30 * DAY])
def test_a_use_outside_the_vouchers_dates_is_found(at: int) -> None:
    assert one(make_claims(), at) == [Kind.OUT_OF_TIME]


@pytest.mark.parametrize("at", [NOON - 10 * DAY, NOON + 30 * DAY - 1])
def test_the_first_and_the_last_second_are_within(at: int) -> None:
    assert one(make_claims(), at) == []


def test_a_use_outside_the_offers_dates_is_found() -> None:
    claims = make_claims(offer=5)  # an offer of four days
    assert one(claims, NOON + 2 * DAY - 1) == []
    assert one(claims, NOON + 2 * DAY) == [Kind.OUT_OF_TIME]


@pytest.mark.parametrize(
    ("age", "found"), [(120, []), (121, [Kind.NOT_LIVE]), (-60, []), (-61, [Kind.NOT_LIVE])]
)
def test_a_code_that_was_not_live_is_found(age: int, found: list[Kind]) -> None:
    assert one(make_claims(), evidence=presentation_bytes(make_claims(), NOON - age)) == found


def test_four_digits_need_no_clock() -> None:
    assert one(make_claims(), evidence=presentation_bytes(make_claims(), NOON - 9000, challenge=42)) == []


def test_a_refusal_turned_into_an_acceptance_is_found() -> None:
    assert one(make_claims(), verdict="used_up") == [Kind.FORBIDDEN]


def test_an_offer_of_another_partner_is_found() -> None:
    assert one(make_claims(offer=ELSEWHERE)) == [Kind.WRONG_OFFER]


def test_paper_where_none_is_taken_is_found() -> None:
    assert one(make_claims(holder=None)) == [Kind.PAPER]
    assert one(make_claims(holder=None, offer=PAPER)) == []


def test_a_key_that_may_not_sign_this_is_found() -> None:
    for signer in (STRANGER, OLD_ISSUER):
        claims = make_claims(offer=AMOUNT)
        evidence = presentation_bytes(claims, signer=signer)
        assert one(claims, kid=kid(signer.public), evidence=evidence) == [Kind.KEY_MISUSE]
    assert one(make_claims(not_before=NOON - 121 * DAY, expires=NOON + DAY)) == [Kind.KEY_MISUSE]


def test_a_key_signs_for_each_partner_what_that_partners_list_names() -> None:
    """As the issuer writes them: each list names its own offers beside the same key."""
    other = make_list(5, partner="epicerie", offers=(), keys=(issuing(ISSUER, offers=(77,)),))
    till = Till("Guichet")
    till.accept(make_claims())
    assert kinds_of(till=till, lists=(trust_file(other),)) == []


def test_a_use_after_revocation_is_found_with_the_age_of_the_list() -> None:
    claims = make_claims()
    revoked = trust_file(make_list(6, issued=NOON, revoked=(claims.cti[:6],)))
    till = Till("Guichet")
    till.accept(claims, NOON - 1)
    till.accept(claims, NOON + DAY, 2)
    till.accept(claims, NOON + 2 * DAY, 3, list_version=6)
    shop = Shop()
    shop.learn(revoked)
    shop.know(till)
    shop.take(till.export())
    found = [f for f in shop.report().findings if f.kind is Kind.REVOKED]
    assert len(found) == 2
    by_row = {f.uses[0].n: f.facts for f in found}
    assert by_row[2] == {"since": NOON, "knew": 0, "age": 2 * DAY}
    assert by_row[3] == {"since": NOON, "knew": 1, "age": 2 * DAY}


def test_a_longer_prefix_revokes_nobody_else() -> None:
    claims = make_claims()
    near = claims.cti[:6] + bytes((claims.cti[6] ^ 1,))
    listed = trust_file(make_list(6, issued=NOON - 5, prefix=7, revoked=(near,)))
    till = Till("Guichet")
    till.accept(claims)
    assert kinds_of(till=till, lists=(listed,)) == []


def test_a_batch_that_was_revoked_is_found() -> None:
    listed = trust_file(make_list(6, issued=NOON - 5, batches=((kid(ISSUER.public), NOON - 9 * DAY),)))
    for start, found in ((NOON - 10 * DAY, [Kind.REVOKED]), (NOON - 9 * DAY, [])):
        till = Till("Guichet")
        till.accept(make_claims(not_before=start))
        assert kinds_of(till=till, lists=(listed,)) == found


def test_vouchers_of_a_compromised_key_are_found() -> None:
    keys = json.dumps([{"kid": kid(ISSUER.public).hex(), "programme": None, "revoked": NOON}])
    till = Till("Guichet")
    till.accept(make_claims(1), NOON - 1)
    till.accept(make_claims(2), NOON)
    shop = Shop()
    shop.learn(keys.encode())
    shop.know(till)
    shop.take(till.export())
    (found,) = shop.report().findings
    assert (found.kind, [use.n for use in found.uses]) == (Kind.COMPROMISED_KEY, [2])


def test_a_voucher_issued_again_under_a_new_key_is_told_apart_from_fraud() -> None:
    claims = make_claims()
    again = presentation_bytes(claims, seq=2, signer=OLD_ISSUER)
    till = Till("Guichet")
    till.accept(claims)
    till.accept(claims, seq=2, kid=kid(OLD_ISSUER.public), evidence=again)
    assert kinds_of(till=till) == [Kind.RENEWED_KEY]


def test_a_till_that_was_stopped_is_found() -> None:
    till = Till("Guichet")
    till.accept(make_claims(1), NOON - 1)
    till.accept(make_claims(2), NOON)
    shop = Shop()
    shop.store.add_till(replace(till.known, stopped=NOON))
    shop.take(till.export())
    (found,) = shop.report().findings
    assert (found.kind, [use.n for use in found.uses]) == (Kind.AFTER_STOP, [2])


def test_what_was_taken_back_is_no_finding() -> None:
    till = Till("Guichet")
    till.void(till.accept(make_claims(), evidence=None))
    assert kinds_of(till=till) == []


def test_every_key_of_the_lists_is_known_by_its_kid() -> None:
    listed = make_list()
    assert {entry.key for entry in listed.keys} == {issuing(s).key for s in (ISSUER, OLD_ISSUER)}


@pytest.mark.parametrize("at", [0, 2**32, 2**52])
def test_a_time_of_no_year_is_told_and_stops_nothing(at: int) -> None:
    """An accepted till may sign anything: whatever it writes, the report comes out."""
    till = Till("Guichet")
    for number in (1, 1, 2):
        till.accept(make_claims(number), NOON, effective=at, time=at)
    shop = Shop()
    shop.know(till)
    assert not shop.take(till.export()).refused
    report = shop.report()
    told = "\n".join(printing.report_lines(report, "fr"))
    assert ("une heure impossible" in told) is (at > 2**32 - 1)
    assert report_page.page(report, "en")
    with figures.open_figures(shop.store) as opened:
        assert totals.count(opened.counting()).total.uses == 2
        assert opened.settlement(PARTNER, "2026-10").uses == 0
