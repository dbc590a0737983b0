"""The list for tools that send SMS or e-mail: a line and a ready text each. As secret as the cards."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from issuer.handover.opening import Opening
from issuer.handover.texting import text_of

COLUMNS: Final = ("numero", "reference", "prenom", "code", "lien", "texte")


def render(openings: Iterable[Opening], lang: str) -> bytes:
    """UTF-8 CSV (RFC 4180) with a title line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in openings:
        name, reference = one.first_name or "", one.reference or ""
        writer.writerow((one.number, reference, name, one.code, one.link, text_of(one, lang)))
    return text.getvalue().encode()
