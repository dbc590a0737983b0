"""QR codes as SVG or PNG: level M, quiet zone of 4, plain square modules (decorated ones do not scan)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import segno

from issuer.errors import FormatRefused

FORMATS: Final = (".svg", ".png")
QUIET_ZONE: Final = 4
_PNG_SCALE: Final = 8


def draw(text: str, suffix: str) -> bytes:
    """Return the drawing of a text; `suffix` is `.svg` or `.png`."""
    symbol = segno.make_qr(text, error="m", boost_error=False)
    data = io.BytesIO()
    if suffix == ".svg":
        symbol.save(data, kind="svg", border=QUIET_ZONE, xmldecl=False, unit="mm", scale=1, omitsize=False)
    else:
        symbol.save(data, kind="png", border=QUIET_ZONE, scale=_PNG_SCALE)
    return data.getvalue()


def format_of(path: Path) -> str:
    """Return the format that a file's name asks for.

    Raises:
        FormatRefused: neither `.svg` nor `.png`.
    """
    if path.suffix not in FORMATS:
        raise FormatRefused("qr_format", path=path)
    return path.suffix
