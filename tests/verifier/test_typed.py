"""Twelve typed characters: every verdict of trust-v1 §8.3, and both sides of every boundary."""

from __future__ import annotations

import pytest
import typed_scenarios
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typed_scenarios import GOOD, WEEK, TypedScenario, claims_of, code

from cje.locales import LANGUAGES
from verifier.decision import Decision, Typed
from verifier.typed import decide_typed, is_short_code
from verifier.verdict import Verdict
from verifier.views import TypedUses
from verifier.wording import explain
from voucher import short_code
from voucher.ed25519 import kid

EVERY = typed_scenarios.every()


def run(case: TypedScenario) -> Decision:
    return decide_typed(
        case.text, trust=case.trust, till=case.till, uses=case, now=case.now, short_key=case.short_key
    )


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_decides(case: TypedScenario) -> None:
    decision = run(case)
    assert (decision.verdict, decision.checks) == (case.verdict, case.checks)


def test_nothing_typed_is_ever_green_by_itself() -> None:
    """Who types it was not seen to hold the card."""
    assert Verdict.ACCEPTED not in {case.verdict for case in EVERY}
    assert {case.verdict for case in EVERY} >= {v for v in Verdict if v.startswith("short_")}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_says_why_without_a_character_of_what_was_typed(case: TypedScenario, lang: str) -> None:
    said = explain(run(case), lang)
    assert said.sentence and said.next and said.word
    assert "{" not in said.sentence + said.next
    assert case.text[:12] not in said.sentence + said.next or len(case.text) < 12


def test_gives_the_till_what_it_journals() -> None:
    decision = run(GOOD)
    assert (decision.voucher, decision.kid, decision.offset) == (None, None, None)
    assert decision.typed == Typed(short_code.tag_of(claims_of().cti), WEEK)
    assert (decision.seq, decision.evidence) == (WEEK, code().encode())
    assert decision.offer is not None and decision.offer.number == claims_of().offer
    assert (decision.effective, decision.list_version, decision.can_confirm) == (GOOD.now, 5, True)


def test_asks_for_the_uses_of_the_tag_under_every_issuing_key() -> None:
    asked: list[object] = []

    class Uses:
        def typed(self, tag: int, kids: object) -> TypedUses:
            asked.append((tag, kids))
            return TypedUses()

    decide_typed(
        GOOD.text, trust=GOOD.trust, till=GOOD.till, uses=Uses(), now=GOOD.now, short_key=GOOD.short_key
    )
    assert GOOD.list is not None
    kids = [kid(entry.key) for entry in GOOD.list.keys]
    assert asked == [(short_code.tag_of(claims_of().cti), kids)] and len(kids) == 2


@pytest.mark.parametrize("verdict, version", [("no_list", 0), ("clock_wrong", 5), ("short_unknown", 5)])
def test_says_which_list_decided(verdict: str, version: int) -> None:
    assert {run(case).list_version for case in EVERY if case.verdict == verdict} == {version}


def test_nothing_is_readable_before_the_code_holds() -> None:
    for case in EVERY:
        decision = run(case)
        if decision.verdict in {Verdict.SHORT_UNKNOWN, Verdict.SHORT_NO_KEY, Verdict.NO_LIST}:
            assert decision.typed is decision.offer is decision.evidence is decision.seq is None


@pytest.mark.parametrize("text", ["7K2M 4Q9X B3TN", "7k2m-4q9x-b3tn", "OOOOIIIILLLL", "7" * 12])
def test_twelve_characters_are_a_short_code(text: str) -> None:
    assert is_short_code(text)


@pytest.mark.parametrize(
    "text", ["", "7" * 11, "7" * 13, "U" * 12, "CJE1:ABCDEFG", "CJP1:ABCDEFG", "7" * 65, "٣" * 12]
)
def test_nothing_else_is(text: str) -> None:
    assert not is_short_code(text)


@pytest.mark.promise("P3")
@given(st.one_of(st.text(max_size=80), st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=12, max_size=12)))
@example("\ud800" * 12)
@settings(max_examples=300, deadline=None)
def test_any_text_ends_in_a_verdict(text: str) -> None:
    assert run(TypedScenario("", "", text)).verdict in {Verdict.SHORT_UNKNOWN, Verdict.SHORT_CODE}
