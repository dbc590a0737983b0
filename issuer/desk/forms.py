"""What a form holds: one-time tokens, a person's cells, a campaign's name."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Final

from issuer.decisions.enrolment_csv import COLUMNS
from issuer.keys.derive import MAX_PERSON

FIELDS: Final = tuple(column for column in COLUMNS if column != "numero")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22,64}")


def new_token() -> str:
    """A token for one form: sent twice, it counts once."""
    return secrets.token_urlsafe(16)


def token_of(form: Mapping[str, str]) -> str | None:
    """The token of a sent form; None when it is none of ours."""
    sent = form.get("token", "")
    return sent if _TOKEN.fullmatch(sent) else None


def cells_of(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed about a person, by column of the people's CSV."""
    return {column: form.get(column, "").strip()[:200] for column in FIELDS}


def number_of(typed: str) -> int | None:
    """A person's number, or None."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(MAX_PERSON))):
        return None
    return int(typed) if 1 <= int(typed) <= MAX_PERSON else None
