"""The list for tools that send SMS or e-mail: a line and a ready text each. As secret as the cards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cje.table import encode_table
from issuer.handover.opening import Opening
from issuer.handover.texting import text_of

COLUMNS: Final = ("numero", "reference", "prenom", "code", "lien", "texte")


def render(openings: Iterable[Opening], lang: str) -> bytes:
    """Return UTF-8 CSV (RFC 4180) with a title line."""
    rows = (
        (one.number, one.reference or "", one.first_name or "", one.code, one.link, text_of(one, lang))
        for one in openings
    )
    return encode_table(COLUMNS, rows).encode()
