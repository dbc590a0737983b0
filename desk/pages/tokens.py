"""One-time tokens of forms: a form that is sent twice counts once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Final

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22,64}")


def new_token() -> str:
    """Return a random token for one form: 128 bits as base64url."""
    return secrets.token_urlsafe(16)


def token_of(form: Mapping[str, str]) -> str | None:
    """Return the token of a sent form, or None when it has none of this shape."""
    sent = form.get("token", "")
    return sent if _TOKEN.fullmatch(sent) else None
