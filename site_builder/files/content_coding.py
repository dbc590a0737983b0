"""Which compression a browser asks for: the Accept-Encoding of RFC 9110 §12.5.3."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["preferred"]

_QUALITY = re.compile(r"q=(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def preferred(accepted: str, available: Sequence[str]) -> str | None:
    """The coding to send, None for the file as it is.

    Args:
        accepted: the header's value, "" when there is none.
        available: codings in small letters, the best first; it wins among equals.
    """
    wanted = _qualities(accepted)
    worth = [wanted.get(coding, wanted.get("*", 0.0)) for coding in available]
    best = max(worth, default=0.0)
    return available[worth.index(best)] if best > 0 and best >= wanted.get("identity", 0.0) else None


def _qualities(accepted: str) -> dict[str, float]:
    """What each coding is worth; a member that is not in the header's grammar is passed over."""
    found: dict[str, float] = {}
    for member in accepted.lower().split(","):
        coding, *parameters = (part.strip() for part in member.split(";"))
        if not parameters:
            found[coding] = 1.0
        elif len(parameters) == 1 and _QUALITY.fullmatch(parameters[0]):
            found[coding] = float(parameters[0][2:])
    return found
