"""Contrast between two colours, WCAG 2.2 relative luminance."""

from __future__ import annotations

import re

__all__ = ["INK", "PAPER", "contrast", "is_colour", "readable_on"]

INK = "#14102e"
PAPER = "#ffffff"

_COLOUR = re.compile(r"#[0-9a-f]{6}")


def is_colour(value: str) -> bool:
    """Return whether a value is ``#rrggbb`` in lower case, the only form that templates accept."""
    return _COLOUR.fullmatch(value) is not None


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, 1.0 to 21.0."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(colour: str) -> str:
    """Return `INK` or `PAPER`: the one with more contrast on `colour`."""
    return max((INK, PAPER), key=lambda text: contrast(text, colour))
