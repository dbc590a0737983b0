"""« Vouliez-vous dire… ? »: the known word that somebody probably meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

MIN_LIKENESS = 0.6
MAX_COMPARED = 80  # characters: longer words are not typing errors, and comparing is quadratic


def folded(word: str) -> str:
    """Without case, accents, and the differences between space, hyphen and underscore."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return plain.replace("œ", "oe").replace("_", "-").replace(" ", "-").replace("’", "-").replace("'", "-")


def slugified(words: str) -> str:
    """A slug made from any words: `Café & thé` → `cafe-the`; empty when nothing is left."""
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in folded(words))
    return "-".join(part for part in kept.split("-") if part)[:60].rstrip("-")


def likeliest(word: str, known: Iterable[str]) -> str | None:
    """The nearest known word, or None when nothing is near."""
    if len(word) > MAX_COMPARED:
        return None
    by_fold = {folded(name): name for name in known}
    found = get_close_matches(folded(word), by_fold, n=1, cutoff=MIN_LIKENESS)
    return by_fold[found[0]] if found else None
