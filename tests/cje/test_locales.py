"""Every language is complete, and every sentence is used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from cje.locales import (
    CONTENT_LANGUAGE,
    LANGUAGES,
    MessageError,
    language,
    messages,
    preferred_language,
    text,
    typographic,
)
from cje.locales.numbers import decimal_amount, euros, whole_number
from cje.locales.plurals import CATEGORIES, categories_of

FOLDER = Path(__file__).resolve().parents[2] / "cje" / "locales"
ROOMS = sorted(path.stem for path in (FOLDER / CONTENT_LANGUAGE).glob("*.toml"))
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
OTHERS = [lang for lang in LANGUAGES if lang != CONTENT_LANGUAGE]

Variants = dict[str, set[str]]


def variants(flat: Mapping[str, str]) -> dict[str, Variants]:
    """By message: its plural categories, or "" alone for a message without, each with its placeholders."""
    counted = {
        key.removesuffix(".other")
        for key in flat
        if key.endswith(".other") and f"{key.removesuffix('.other')}.one" in flat
    }
    found: dict[str, Variants] = {}
    for key, sentence in flat.items():
        base, _, last = key.rpartition(".")
        name, category = (base, last) if base in counted and last in CATEGORIES else (key, "")
        found.setdefault(name, {})[category] = set(PLACEHOLDER.findall(sentence))
    return found


def faults(flat: Mapping[str, str], lang: str, reference: Mapping[str, str]) -> list[str]:
    """What a room's messages lack beside those of the content's language."""
    ours, theirs = variants(flat), variants(reference)
    told = [f"{key}: in one language only" for key in ours.keys() ^ theirs.keys()]
    for key in ours.keys() & theirs.keys():
        needed = set() if "" in ours[key] else set(categories_of(lang))
        if lacking := needed - ours[key].keys():
            told.append(f"{key}: {', '.join(sorted(lacking))} missing")
        for category, names in ours[key].items():
            general = theirs[key].get("other", theirs[key].get("", set()))
            allowed = [theirs[key][category]] if category in theirs[key] else [general, general - {"count"}]
            if names not in allowed:
                told.append(f"{key}.{category}: placeholders")
    return told


def test_every_folder_is_a_registered_language_with_the_same_files() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__") == (
        sorted(LANGUAGES)
    )
    for lang in LANGUAGES:
        assert sorted(path.stem for path in (FOLDER / lang).glob("*.toml")) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("lang", OTHERS)
def test_every_language_has_the_same_messages_and_placeholders(room: str, lang: str) -> None:
    assert faults(messages(room, lang), lang, messages(room, CONTENT_LANGUAGE)) == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_model_has_its_own_plural_categories(room: str) -> None:
    for key, found in variants(messages(room, CONTENT_LANGUAGE)).items():
        assert "" in found or found.keys() >= categories_of(CONTENT_LANGUAGE), key


COMPLETE = {"a": "x {name}", "b.one": "{count} y", "b.other": "{count} ys"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"a": None}, "a: in one language only"),
        ({"c": "new"}, "c: in one language only"),
        ({"a": "x"}, "a.: placeholders"),
        ({"a": "x {nom}"}, "a.: placeholders"),
        ({"b.one": "{count} y {name}"}, "b.one: placeholders"),
        ({"b.other": "ys"}, "b.other: placeholders"),
        ({"b.many": "{counted}"}, "b.many: placeholders"),
        ({"b.one": None}, "b.other: in one language only"),
    ],
)
def test_a_fault_of_a_language_is_seen(change: Mapping[str, str | None], fault: str) -> None:
    assert faults(COMPLETE, "en", COMPLETE) == []
    changed = {key: words for key, words in {**COMPLETE, **change}.items() if words is not None}
    assert fault in faults(changed, "en", COMPLETE)


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


def test_numbers_and_amounts_are_written_as_the_language_writes_them() -> None:
    assert [whole_number(1_234_567, lang) for lang in ("fr", "en")] == ["1\u202f234\u202f567", "1,234,567"]
    assert [decimal_amount(123_405, lang) for lang in ("fr", "en")] == ["1234,05", "1234.05"]
    assert [euros(123_405, lang) for lang in ("fr", "en")] == ["1\u202f234,05\u00a0€", "€1,234.05"]
    assert [language(lang).name for lang in ("fr", "en")] == ["Français", "English"]


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("", "fr"),
        ("fr-FR,fr;q=0.9", "fr"),
        ("en", "en"),
        ("EN-gb,fr;q=0.8", "en"),
        ("de-DE, en;q=0.8", "en"),
        ("de", "fr"),
        ("eng", "fr"),
        ("*", "fr"),
    ],
)
def test_a_browser_gets_the_first_language_that_is_spoken_here(accepted: str, lang: str) -> None:
    assert preferred_language(accepted) == lang
