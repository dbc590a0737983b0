"""The table of verdicts: closed, complete in every language, and the same in the browser."""

from __future__ import annotations

import pytest

from cje.locales import LANGUAGES, messages
from verifier.generate import TARGET, typescript
from verifier.verdict import MEANINGS, Severity, Verdict


def test_browser_table_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == typescript(), "run `python -m verifier.generate`"


def test_every_verdict_has_a_meaning() -> None:
    assert list(MEANINGS) == list(Verdict)


def test_only_accepted_is_green() -> None:
    assert [v for v in Verdict if MEANINGS[v].severity is Severity.ACCEPT] == [Verdict.ACCEPTED]


def test_nothing_red_can_be_confirmed_and_not_live_neither() -> None:
    amber = {Verdict.SHORT_CODE, Verdict.PAPER, Verdict.IDENTITY_CHECK, Verdict.LIST_AGEING}
    assert {v for v in Verdict if MEANINGS[v].confirmable} == amber | {Verdict.ACCEPTED}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_says_why_and_what_to_do(lang: str) -> None:
    catalogue = messages("verdicts", lang)
    for verdict in Verdict:
        for part in ("sentence", "next"):
            assert any(
                key == f"{verdict}.{part}" or key.startswith(f"{verdict}.{part}.") for key in catalogue
            )
    for severity in Severity:
        assert catalogue[f"word.{severity}"].isupper()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_sentence_is_read_in_ten_seconds(lang: str) -> None:
    """Two words a second, standing, with a queue: sentence and next step together are 32 words at most."""
    catalogue = messages("verdicts", lang)
    for verdict in Verdict:
        longest = {
            part: max(
                len(line.split()) for key, line in catalogue.items() if key.startswith(f"{verdict}.{part}")
            )
            for part in ("sentence", "next")
        }
        assert sum(longest.values()) <= 32, verdict
