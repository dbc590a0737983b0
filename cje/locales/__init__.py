"""Every sentence that a person reads, in every language, shared by Python, templates and browser.

One TOML file per room and language (``fr/wallet.toml``, ``en/wallet.toml``), same keys in all;
``languages.toml`` lists the languages. TOML and not YAML because a till must read its verdicts with the
standard library alone.

Placeholders are ``{name}``; a message that depends on a number is a table by plural category of CLDR,
``one`` and ``other`` in French and English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from cje.locales.languages import CONTENT_LANGUAGE, LANGUAGES, Language, language, preferred_language
from cje.locales.plurals import plural_category

__all__ = [
    "CONTENT_LANGUAGE",
    "LANGUAGES",
    "Language",
    "MessageError",
    "language",
    "messages",
    "preferred_language",
    "text",
    "typographic",
]

_HERE = Path(__file__).parent  # `importlib.resources` would import a tenth of what `cje verify` takes

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_ROOM = re.compile(r"[a-z_]+")

# Imprimerie nationale: a narrow no-break space before ; ! ? and inside guillemets, a no-break space before a
# colon, a percent or a euro sign, between a figure and its unit. A line never starts with a sign or a unit.
_FRENCH_SPACES = (
    (re.compile(r" (?=[;!?»])"), "\u202f"),
    (re.compile(r"(?<=«) "), "\u202f"),
    (re.compile(r" (?=[:%€])"), "\u00a0"),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), "\u202f"),
    (re.compile(r"(?<=\d) (?=(?:h|min|Go|km|kg|ans)\b)"), "\u00a0"),
    (re.compile(r"(?<=\d\u00a0h) (?=\d)"), "\u00a0"),
)
# One of these stands wherever a rule above can begin; most sentences have none and are done. All begin with
# a space, which a search skips to.
_HAS_SIGN = re.compile(r" (?:[;!?»:%€]|(?<=« )|(?<=\d )(?:\d|h|min|Go|km|kg|ans)|(?<=\u00a0h ))").search


class MessageError(KeyError):
    """A message, language or placeholder that does not exist: a fault of ours, never of the person."""


def typographic(sentence: str, lang: str = "fr") -> str:
    """Put the no-break spaces of French typography; a language without them gets its sentence as it is."""
    return _french(sentence) if language(lang).spaces else sentence


@lru_cache(16_384)  # ten thousand offers say many things more than once, a page its title three times
def _french(sentence: str) -> str:
    if _HAS_SIGN(sentence):
        for pattern, space in _FRENCH_SPACES:
            sentence = pattern.sub(space, sentence)
    return sentence


@cache
def messages(room: str, lang: str) -> Mapping[str, str]:
    """Return the flat catalogue of one room: ``{"expired.sentence": "…"}``, typographic spaces in place.

    Raises:
        MessageError: the room or the language is unknown.
    """
    if lang not in LANGUAGES or not _ROOM.fullmatch(room):
        raise MessageError(f"{room}/{lang}")
    source = _HERE / lang / f"{room}.toml"
    try:
        tree = tomllib.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MessageError(f"{room}/{lang}") from None
    return MappingProxyType({key: typographic(value, lang) for key, value in _flatten(tree)})


def _flatten(tree: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            flat += _flatten(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            flat.append((prefix + key, value))
        else:
            raise MessageError(f"{prefix}{key} is not text")
    return flat


def text(key: str, lang: str = "fr", /, **values: object) -> str:
    """Return one sentence: ``text("verdicts.expired.sentence", "fr", until="31 mars")``.

    Args:
        key: room, dot, key in the room's file.
        lang: one of LANGUAGES.
        values: the placeholders; ``count`` also chooses the plural category.

    Raises:
        MessageError: unknown key, or a placeholder without its value.
    """
    room, _, name = key.partition(".")
    catalogue = messages(room, lang)
    if name not in catalogue:
        name = _plural_key(catalogue, name, plural_category(values.get("count"), lang))
    if name not in catalogue:
        raise MessageError(key)

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise MessageError(f"{key}: {{{match[1]}}}")
        return str(values[match[1]])

    return _PLACEHOLDER.sub(fill, catalogue[name])


def _plural_key(catalogue: Mapping[str, str], name: str, category: str) -> str:
    """Return the key of a category; a rare one that a message leaves out (un million de …) is ``other``."""
    key = f"{name}.{category}"
    return key if key in catalogue else f"{name}.other"
