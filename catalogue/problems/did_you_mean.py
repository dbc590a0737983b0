"""« Vouliez-vous dire… ? »: the valid word nearest to a word with a typing error."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

MIN_LIKENESS = 0.6
MAX_COMPARED = 80  # characters: a longer word is no typing error, and the comparison takes quadratic time


def fold_word(word: str) -> str:
    """Return a word in lower case without accents; space, underscore and apostrophe become a hyphen."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return plain.replace("œ", "oe").replace("_", "-").replace(" ", "-").replace("’", "-").replace("'", "-")


def make_slug(words: str) -> str:
    """Return a slug of at most 60 characters: `Café & thé` → `cafe-the`. It may be empty."""
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in fold_word(words))
    return "-".join(part for part in kept.split("-") if part)[:60].rstrip("-")


def find_nearest_word(word: str, known: Iterable[str]) -> str | None:
    """Return the nearest of the known words; None when none has a likeness of `MIN_LIKENESS`."""
    if len(word) > MAX_COMPARED:
        return None
    by_fold = {fold_word(name): name for name in known}
    found = get_close_matches(fold_word(word), by_fold, n=1, cutoff=MIN_LIKENESS)
    return by_fold[found[0]] if found else None
