"""QR codes: level M, a quiet zone of 4 modules, plain square modules, since decorated ones do not scan.

`segno` is imported where it is used: it would slow the start of commands that draw nothing.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET_ZONE: Final = 4
_PNG_SCALE: Final = 8


def _symbol(text: str) -> Any:
    import segno

    return segno.make_qr(text, error="m", boost_error=False)


def modules(text: str) -> list[bytes]:
    """Return the rows of the code, quiet zone included: 1 for a dark module, 0 for a light one."""
    return [bytes(row) for row in _symbol(text).matrix_iter(border=QUIET_ZONE)]


def svg_path(rows: Sequence[bytes]) -> str:
    """Return the dark modules as the data of an SVG path, a unit a module."""
    return "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)


def svg(text: str, *, unit: str | None = None, sized: bool = True) -> bytes:
    """Return the code as an SVG document to stand in a page or in a file.

    Args:
        unit: of its width and height, a module a unit; pixels without it.
        sized: False leaves width and height to whoever shows it.
    """
    data = io.BytesIO()
    _symbol(text).save(
        data,
        kind="svg",
        border=QUIET_ZONE,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        unit=unit,
        omitsize=not sized,
    )
    return data.getvalue()


def png(text: str) -> bytes:
    """Return the code as a PNG picture, 8 pixels a module."""
    data = io.BytesIO()
    _symbol(text).save(data, kind="png", border=QUIET_ZONE, scale=_PNG_SCALE)
    return data.getvalue()
