"""Text in a QR: a prefix of five characters and base45 (voucher-v1 §1.3)."""

from __future__ import annotations

import re
from typing import Final

from voucher import base45
from voucher.caps import (
    MAX_PRESENTATION,
    MAX_PRESENTATION_TEXT,
    MAX_TEXT,
    MAX_VOUCHER,
    MAX_VOUCHER_TEXT,
)
from voucher.errors import Malformed, NotOurs, UpdateApp

VOUCHER: Final = "CJE1:"
PRESENTATION: Final = "CJP1:"

_CAPS: Final = {
    VOUCHER: (MAX_VOUCHER_TEXT, MAX_VOUCHER),
    PRESENTATION: (MAX_PRESENTATION_TEXT, MAX_PRESENTATION),
}
_FAMILY: Final = re.compile(r"CJ[A-Z][0-9]:")


def encode(prefix: str, data: bytes) -> str:
    """Return the text of an object; `prefix` is VOUCHER or PRESENTATION."""
    return prefix + base45.encode(data)


def decode(text: str) -> tuple[str, bytes]:
    """Return (prefix, bytes) of a scanned or typed text of at most 1,024 characters.

    Raises:
        NotOurs: another application's text.
        UpdateApp: a prefix of our family that this version does not know.
        Malformed: ours by its prefix, but over its cap or not base45.
    """
    if len(text) > MAX_TEXT or not _FAMILY.match(text):
        raise NotOurs("not a text of this card")
    prefix = text[:5]
    if prefix not in _CAPS:
        raise UpdateApp(f"prefix {prefix}")
    max_text, max_data = _CAPS[prefix]
    if len(text) > max_text:
        raise Malformed("text over its cap")
    data = base45.decode(text[5:])
    if len(data) > max_data:
        raise Malformed("bytes over their cap")
    return prefix, data
