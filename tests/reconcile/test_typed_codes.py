"""Typed codes across tills: what twenty bits can show of a voucher, and what they cannot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from till_world import DAY, PAPER
from tills import NOON, PARTNER, Shop, Till, make_claims
from typed_scenarios import SHORT_KEY, pairing_text

from reconcile.errors import FileRefused
from reconcile.figures import figures
from reconcile.findings import reference_data
from reconcile.findings.finding import Kind
from reconcile.findings.report import Report
from reconcile.printing import printing
from reconcile.rows import typed_codes
from voucher import short_code
from voucher.civil import week_of
from voucher.claims import Claims, Period
from voucher.short_code import encode, tag_of

WEEK = 7 * DAY
PAIRING = pairing_text().encode()


def code_of(claims: Claims, at: int = NOON, key: bytes = SHORT_KEY) -> bytes:
    return encode(key, claims.offer, week_of(at), tag_of(claims.cti)).encode()


def type_in(till: Till, claims: Claims, at: int = NOON, code: bytes | None = None, **changes: Any) -> int:
    """Write what a till writes when somebody types a voucher's code of the week."""
    nothing = {"kid": None, "cti": None, "offset": None}
    code = code_of(claims, at) if code is None else code
    return till.accept(
        claims, at, week_of(at), **{"verdict": "short_code", "evidence": code, **nothing, **changes}
    )


def reported(*tills: Till, learned: tuple[bytes, ...] = (PAIRING,)) -> Report:
    shop = Shop()
    for data in learned:
        shop.learn(data)
    shop.know(*tills)
    assert not shop.take(*(till.export() for till in tills)).refused
    return shop.report()


def kinds(report: Report) -> list[tuple[Kind, int]]:
    return [(finding.kind, len(finding.uses)) for finding in report.findings]


@pytest.mark.promise("P18")
def test_a_voucher_typed_at_one_till_and_scanned_at_another_is_found() -> None:
    one, other = Till("Guichet 1"), Till("Guichet 2")
    type_in(one, make_claims(1))
    other.accept(make_claims(1), NOON + 600)
    other.accept(make_claims(2), NOON + 900)
    report = reported(one, other)
    assert kinds(report) == [(Kind.TYPED_TOO, 2)]
    (finding,) = report.findings
    assert finding.cti == make_claims(1).cti and {use.till for use in finding.uses} == set(report.by_number)
    assert kinds(reported(one, other, learned=())) == kinds(report)  # the bits are read without the key


@pytest.mark.parametrize(
    ("uses", "period", "scans", "typed", "found"),
    [
        (1, Period.TOTAL, [0], [4 * WEEK], True),
        (2, Period.TOTAL, [0], [0], False),
        (2, Period.TOTAL, [0], [0, WEEK], True),
        (2, Period.TOTAL, [0, DAY], [WEEK], True),
        (1, Period.WEEK, [0], [WEEK], False),
        (1, Period.WEEK, [0, WEEK], [WEEK], True),
        (1, Period.MONTH, [0], [60], True),
        (0, Period.TOTAL, [0, DAY], [0, WEEK], False),
    ],
)
def test_a_typed_code_counts_beside_scans_within_the_vouchers_own_limit(
    uses: int, period: Period, scans: list[int], typed: list[int], found: bool
) -> None:
    claims = make_claims(1, uses=uses, period=period)
    one, other = Till("Guichet 1"), Till("Guichet 2")
    for number, after in enumerate(scans, 1):
        one.accept(claims, NOON + after, number)
    for after in typed:
        type_in(other, claims, NOON + after)
    report = reported(one, other)
    assert [kind for kind, _ in kinds(report) if kind is Kind.TYPED_TOO] == [Kind.TYPED_TOO] * found


def test_a_code_that_another_scanned_voucher_may_have_typed_accuses_nobody() -> None:
    """Two vouchers with the same twenty bits, one of them with room: it may be the other's."""
    used, free = make_claims(1), make_claims(1, uses=2, cti=make_claims(1).cti[:3] + bytes(13))
    till, other = Till("Guichet 1"), Till("Guichet 2")
    till.accept(used)
    till.accept(free, NOON + 60)
    type_in(other, used)
    assert kinds(reported(till, other)) == []
    till.accept(free, NOON + 120, 2)
    (finding,) = reported(till, other).findings
    assert (finding.kind, finding.facts["alike"]) == (Kind.TYPED_TOO, 2)


def test_what_was_taken_back_or_is_of_another_offer_or_time_is_not_weighed() -> None:
    scanned, taken, elsewhere = Till("Guichet 1"), Till("Guichet 2"), Till("Guichet 3")
    scanned.accept(make_claims(1))
    taken.void(type_in(taken, make_claims(1)))
    type_in(elsewhere, make_claims(1, offer=PAPER))
    type_in(elsewhere, make_claims(1), NOON + 5 * WEEK)
    assert kinds(reported(scanned, taken, elsewhere)) == []


def test_a_code_that_no_key_has_made_is_the_tills_fault_and_does_not_count() -> None:
    till = Till("Guichet 1")
    type_in(till, make_claims(1), saving=100)
    type_in(till, make_claims(2), code=b"0123456789AB", saving=100)
    type_in(till, make_claims(3), code=code_of(make_claims(3), NOON - WEEK), saving=100)
    shop = Shop()
    shop.know(till)
    shop.take(till.export())
    assert kinds(shop.report()) == []
    assert shop.report().typed.unchecked == 3
    shop.learn(PAIRING)  # learned after the import: what is known counts, not when
    report = shop.report()
    assert [(f.kind, [use.n for use in f.uses]) for f in report.findings] == [
        (Kind.FALSE_CODE, [2]),
        (Kind.FALSE_CODE, [3]),
    ]
    assert (report.typed.accepted, report.typed.unchecked) == (1, 0)
    assert report.faulty_tills().keys() == report.by_number.keys()
    with figures.open_figures(shop.store) as opened:
        assert opened.settlement(PARTNER, "2026-10").saving == 100


def test_a_code_is_one_use_in_its_week() -> None:
    one, other = Till("Guichet 1"), Till("Guichet 2")
    type_in(one, make_claims(1))
    type_in(one, make_claims(2))
    type_in(other, make_claims(3))
    type_in(other, make_claims(1), NOON + WEEK)
    assert kinds(reported(one, other)) == []  # whether a second week was allowed, no code tells
    type_in(other, make_claims(1), NOON + 60)
    report = reported(one, other)
    assert kinds(report) == [(Kind.SAME_USE, 2)]
    told = "\n".join(printing.report_lines(report, "fr")).replace("\u00a0", " ")
    assert "Codes tapés : comptés à part." in told and "Ne se voit pas" in told


@pytest.mark.parametrize("changes", [{"code": b"0123456789A"}, {"offer": 2**32}, {"seq": 2**32}])
def test_what_is_no_code_is_no_typed_use(changes: dict[str, Any]) -> None:
    till = Till("Guichet")
    n = type_in(till, make_claims(), code=changes.pop("code", None))
    till.rows[n - 1] = replace(till.rows[n - 1], **changes)
    assert kinds(reported(till)) == [(Kind.UNPROVEN, 1)]


def test_a_pairing_is_learned_only_under_our_root_and_kept_from_others(tmp_path: Any) -> None:
    shop = Shop(str(tmp_path / "store"))
    assert reference_data.learn(shop.store, "x", PAIRING[:40] + b"\r\n" + PAIRING[40:]) == (
        "pairing",
        PARTNER,
    )
    (kept,) = (tmp_path / "store" / "known" / "pairings" / PARTNER).iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert SHORT_KEY.hex() not in repr(reference_data.read_known(shop.store))
    with pytest.raises(FileRefused) as refused:
        reference_data.learn(shop.store, "x", PAIRING[:-3] + b"000")
    assert refused.value.sentence


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tag=st.integers(0, 2**20 - 1), offer=st.integers(1, 2**32 - 1), week=st.integers(197001, 210753))
def test_a_codes_name_gives_the_code_back(tag: int, offer: int, week: int) -> None:
    code = short_code.encode(SHORT_KEY, offer, week, tag)
    name = typed_codes.named(code.encode(), offer, week)
    hi = int.from_bytes(name[:8])
    assert (typed_codes.code_in(hi), hi >> typed_codes.TAG_SHIFT) == (code, tag)
    assert typed_codes.holds([bytes(32), SHORT_KEY], hi, offer, week)
    assert not typed_codes.holds([bytes(32)], hi, offer, week)
