"""A QR code in the format that a file's name asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cje import qr
from issuer.errors import FormatRefused

FORMATS: Final = (".svg", ".png")


def draw(text: str, suffix: str) -> bytes:
    """Return the drawing of a text; `suffix` is `.svg` or `.png`."""
    return qr.svg(text, unit="mm") if suffix == ".svg" else qr.png(text)


def format_of(path: Path) -> str:
    """Return the format that a file's name asks for.

    Raises:
        FormatRefused: neither `.svg` nor `.png`.
    """
    if path.suffix not in FORMATS:
        raise FormatRefused("qr_format", path=path)
    return path.suffix
