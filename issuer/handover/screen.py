"""A QR code in a terminal: half blocks, dark on light whatever the terminal's colours are."""

from __future__ import annotations

from typing import Final

from cje import qr

_INK: Final = "\x1b[38;5;16;48;5;231m"
_PLAIN: Final = "\x1b[0m"
# (upper module dark, lower module dark)
_BLOCKS: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def blocks(text: str) -> list[str]:
    """Return the lines of a QR code, two modules a line; a dark module is inked."""
    rows = [[bool(module) for module in row] for row in qr.modules(text)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return [
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def coloured(lines: list[str]) -> str:
    """Black on white, so that a dark terminal shows a code that scans."""
    return "\n".join(f"{_INK}{line}{_PLAIN}" for line in lines)
