"""Texts of the apps. The page holds those of the till's first screen; one hashed file holds the others."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from cje.locales import messages
from site_builder.files.assets import Assets, content_hash

__all__ = ["later_words", "page_words", "with_later_words"]

_ROOMS = {"wallet": ("wallet",), "till": ("till", "verdicts")}
# Texts that are shown before the first scan, or when no other file can be loaded.
_FIRST = (
    "till.name",
    "till.demo",
    "till.demo_hint",
    "till.setup.",
    "till.pair.way",
    "till.pair.why",
    "till.scan.",
    "till.camera.",
    "till.list.",
    "till.fault.",
)


def page_words(app: str, lang: str) -> dict[str, str]:
    """Return the texts in an app's page: all texts of the wallet, those of the first screen of the till."""
    words = _words(app, lang)
    return {k: v for k, v in words.items() if _is_first(k)} if app == "till" else words


def later_words(lang: str) -> str:
    """Return the bundle name of the file with the till's other texts."""
    return f"till-words-{lang}.json"


def with_later_words(assets: Assets, languages: Iterable[str]) -> Assets:
    """Add a file with the till's other texts to the assets, for each language."""
    files, names = dict(assets.files), dict(assets.names)
    for lang in languages:
        words = {key: text for key, text in _words("till", lang).items() if not _is_first(key)}
        data = json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
        path = f"assets/till-words-{lang}.{content_hash(data)}.json"
        files[path], names[later_words(lang)] = data, path
    return replace(assets, files=MappingProxyType(files), names=MappingProxyType(names))


def _words(app: str, lang: str) -> dict[str, str]:
    return {f"{room}.{key}": text for room in _ROOMS[app] for key, text in messages(room, lang).items()}


def _is_first(key: str) -> bool:
    return any(key == start or (start.endswith(".") and key.startswith(start)) for start in _FIRST)
