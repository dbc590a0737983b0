"""One text, one verdict: every verdict, and both sides of every boundary."""

from __future__ import annotations

import socket
import time

import pytest
import scenarios
from hypothesis import example, given, settings
from hypothesis import strategies as st
from till_world import NOON, Scenario, live, make_claims

from cje.locales import LANGUAGES
from verifier import Verdict, decide
from verifier.decide import _Case, _verdict_of
from verifier.decision import Decision
from verifier.views import TillProfile, TrustView, Use
from verifier.wording import explain
from voucher.errors import BadKey, TooBig, VoucherError

EVERY = scenarios.every()


def run(case: Scenario) -> Decision:
    return decide(
        case.text, trust=case.trust, till=case.till, uses=case, now=case.now, challenge=case.challenge
    )


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_decides(case: Scenario) -> None:
    decision = run(case)
    assert (decision.verdict, decision.checks) == (case.verdict, case.checks)


def test_scenarios_reach_every_verdict() -> None:
    """But for those on typed characters: test_typed.py."""
    assert {case.verdict for case in EVERY} == {v for v in Verdict if not v.startswith("short_")}
    assert sum(case.verdict != "accepted" for case in EVERY) * 3 >= len(EVERY) * 2


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_says_why_without_a_byte_of_what_was_scanned(case: Scenario, lang: str) -> None:
    for digits in (None, "0042"):
        said = explain(run(case), lang, digits)
        assert said.sentence and said.next and said.word
        assert "{" not in said.sentence + said.next
        assert not any(ord(c) < 32 for c in said.sentence + said.next)


@pytest.mark.parametrize(("text", "what"), [("CJS1:ABC", "pairing"), ("CJT1:ABC", "frame")])
def test_what_sets_a_till_up_has_its_own_sentence(text: str, what: str) -> None:
    decision = run(Scenario("", "", text))
    assert (decision.verdict, decision.details) == (Verdict.NOT_OURS, {"what": what})
    assert explain(decision).sentence != explain(run(Scenario("", "", "bonjour"))).sentence


def test_gives_the_till_what_it_journals() -> None:
    claims = make_claims()
    decision = run(Scenario("", "", live(claims, NOON - 30, seq=4)))
    assert decision.voucher is not None and decision.voucher.claims == claims
    assert (decision.seq, decision.offset, decision.list_version) == (4, -30, 5)
    assert decision.offer is not None and decision.offer.number == claims.offer
    assert decision.evidence is not None and decision.kid is not None
    assert decision.can_confirm


@pytest.mark.parametrize(
    "verdict, version",
    [("no_list", 0), ("clock_wrong", 5), ("list_too_old", 5), ("unknown_key", 5), ("not_ours", 0)],
)
def test_says_which_list_decided(verdict: str, version: int) -> None:
    assert {run(case).list_version for case in EVERY if case.verdict == verdict} == {version}


@pytest.mark.parametrize("fault", [TooBig, BadKey])
def test_a_fault_without_a_verdict_of_its_own_fails_closed(fault: type[VoucherError]) -> None:
    assert _verdict_of(fault("unforeseen")) is Verdict.MALFORMED


def test_nothing_that_was_decided_can_be_changed() -> None:
    for kind in (Decision, TillProfile, TrustView, Use, _Case):
        assert kind.__dataclass_params__.frozen and "__slots__" in vars(kind)  # type: ignore[attr-defined]


def test_nothing_is_readable_before_a_signature_holds() -> None:
    for case in EVERY:
        decision = run(case)
        if decision.verdict in {
            Verdict.BAD_SIGNATURE,
            Verdict.UNKNOWN_KEY,
            Verdict.MALFORMED,
            Verdict.NOT_OURS,
        }:
            assert decision.voucher is decision.evidence is decision.seq is None


def test_again_is_said_only_when_voucher_and_offer_still_hold() -> None:
    ends = [case for case in EVERY if case.name.startswith("month's last")]
    assert ["again" in run(case).details for case in ends] == [False, True, False, True, True]


def test_the_first_acceptance_is_the_one_that_is_told() -> None:
    (case,) = (case for case in EVERY if "the first is told" in case.name)
    assert (run(case).details["since"], run(case).details["row"]) == (12, 7)


_TEXTS = st.one_of(
    st.text(max_size=1200),
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=700).map("CJE1:".__add__),
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=700).map("CJP1:".__add__),
    st.binary(max_size=400).map(lambda data: data.decode("latin-1")),
)


@pytest.mark.promise("P3")
@given(_TEXTS)
@example("\ud800")
@example("CJE1:\ud800")
@example("CJE1:" + "٣" * 60)
@example("CJP1:\x00")
@settings(max_examples=400, deadline=None)
def test_any_text_ends_in_a_verdict(text: str) -> None:
    assert run(Scenario("", "", text)).verdict is not Verdict.ACCEPTED


@pytest.mark.promise("P3")
@pytest.mark.parametrize("head", ["", "CJE1:", "CJP1:", "CJT1:", "CJ", "\x00"])
@pytest.mark.parametrize("filling", ["0", ":", "é", "\U0001f600", "\n", "CJE1:"])
def test_a_mebibyte_of_text_ends_in_a_verdict_within_5_ms(head: str, filling: str) -> None:
    text = (head + filling * (2**20 // len(filling)))[: 2**20]
    times = []
    for _ in range(5):
        start = time.perf_counter()
        verdict = run(Scenario("", "", text)).verdict
        times.append(time.perf_counter() - start)
        assert verdict is Verdict.NOT_OURS
    assert min(times) < 0.005


@pytest.mark.promise("P3")
def test_every_truncation_and_every_changed_character_is_refused() -> None:
    text = live(make_claims())
    mutants = [text[:i] for i in range(len(text))]
    mutants += [text[:i] + ("0" if c != "0" else "Z") + text[i + 1 :] for i, c in enumerate(text)]
    for mutant in mutants:
        assert run(Scenario("", "", mutant)).severity == "refuse"


@pytest.mark.promise("P30")
def test_this_suite_would_see_a_socket() -> None:
    """The fixture that guards every test of the room is alive."""
    with pytest.raises(AssertionError, match="socket was opened"):
        socket.create_connection(("127.0.0.1", 9))
