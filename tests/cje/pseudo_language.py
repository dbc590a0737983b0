"""A third language made from the French one: accented, and counted as Polish counts (few and many)."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

CODE = "pl"
ENTRY = """
[pl]
name = "Ƥöļšķî"
locale = "pl-PL"
decimal = ","
thousands = "\\u00A0"
money = "{amount} zł"
spaces = false

[pl.plural]
one = "i = 1 and v = 0"
few = "v = 0 and i % 10 = 2..4 and i % 100 != 12..14"
many = "v = 0 and i != 1 and i % 10 = 0..1 or v = 0 and i % 10 = 5..9 or v = 0 and i % 100 = 12..14"
"""
_ACCENTS = str.maketrans("aeiounscrlyz", "åêîöûñšçŕļýž")
_KEPT = {"direction"}  # says how a page runs, and is no word


def accented(sentence: str) -> str:
    """The same sentence with accents, its placeholders untouched."""
    parts = re.split(r"(\{[a-z_]+\})", sentence)
    return "".join(part if part.startswith("{") else part.translate(_ACCENTS) for part in parts)


def add_language(package: Path) -> None:
    """Add the language to a copy of `cje/`: a folder of messages and an entry of the registry."""
    locales = package / "locales"
    (locales / CODE).mkdir()
    for source in sorted((locales / "fr").glob("*.toml")):
        lines = [f"{key} = {json.dumps(words, ensure_ascii=False)}" for key, words in _messages(source)]
        (locales / CODE / source.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (locales / "languages.toml").open("a", encoding="utf-8") as registry:
        registry.write(ENTRY)


def copy_of_product(folder: Path, root: Path) -> Path:
    """Copy the package that holds the languages; the other rooms are found where they are."""
    shutil.copytree(root / "cje", folder / "cje", ignore=shutil.ignore_patterns("__pycache__"))
    add_language(folder / "cje")
    return folder


def _messages(source: Path) -> Iterator[tuple[str, str]]:
    flat = dict(_flat(tomllib.loads(source.read_text(encoding="utf-8"))))
    for key, sentence in flat.items():
        base, _, last = key.rpartition(".")
        if last == "other" and f"{base}.one" in flat:
            yield f"{base}.few", f"few {accented(sentence)}"
            yield f"{base}.many", f"many {accented(sentence)}"
        yield key, sentence if key in _KEPT else accented(sentence)


def _flat(tree: dict[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)
