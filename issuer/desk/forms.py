"""What a form says about a person: its cells and its number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from issuer.decisions.enrolment_csv import COLUMNS
from issuer.keys.derive import MAX_PERSON

FIELDS: Final = tuple(column for column in COLUMNS if column != "numero")


def cells_of(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed about a person, by column of the people's CSV."""
    return {column: form.get(column, "").strip()[:200] for column in FIELDS}


def number_of(typed: str) -> int | None:
    """A person's number, or None."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(MAX_PERSON))):
        return None
    return int(typed) if 1 <= int(typed) <= MAX_PERSON else None
