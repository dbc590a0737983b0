"""Both languages are complete, and every sentence is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cje.locales import LANGUAGES, MessageError, messages, text, typographic

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(path.stem for path in (ROOT / "cje" / "locales" / "fr").glob("*.toml"))
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def test_both_languages_have_the_same_files() -> None:
    assert sorted(path.stem for path in (ROOT / "cje" / "locales" / "en").glob("*.toml")) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_have_the_same_messages_and_placeholders(room: str) -> None:
    french, english = (messages(room, lang) for lang in LANGUAGES)
    assert french.keys() == english.keys()
    for key in french:
        assert set(PLACEHOLDER.findall(french[key])) == set(PLACEHOLDER.findall(english[key])), key


@pytest.mark.parametrize("room", ROOMS)
def test_no_message_is_empty_or_has_stray_spaces(room: str) -> None:
    for lang in LANGUAGES:
        for key, sentence in messages(room, lang).items():
            assert sentence and sentence == sentence.strip(), f"{lang}: {key}"


def test_french_typography_never_breaks_before_a_sign() -> None:
    assert typographic("Oui ! « non » : 1 300 €") == "Oui\u202f! «\u202fnon\u202f»\u00a0: 1\u202f300\u00a0€"
    assert typographic("30 Go, de 9 h à 13 h 30") == "30\u00a0Go, de 9\u00a0h à 13\u00a0h\u00a030"
    assert typographic("Yes ! 10 %", "en") == "Yes ! 10 %"


@pytest.mark.parametrize("key", ["verdicts.nothing", "nothing.at_all", "verdicts"])
def test_an_unknown_message_is_our_fault_and_says_so(key: str) -> None:
    with pytest.raises(MessageError):
        text(key)
