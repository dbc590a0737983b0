"""Barcodes that a partner's own till reads: which characters each symbology takes, and its check digit."""

from __future__ import annotations

import re
from typing import Literal

Symbology = Literal["ean13", "ean8", "upca", "code128", "code39", "itf14", "codabar"]

# What the drawn code carries, check digit included where the symbology has one.
SHAPES: dict[str, re.Pattern[str]] = {
    "ean13": re.compile(r"[0-9]{13}"),
    "ean8": re.compile(r"[0-9]{8}"),
    "upca": re.compile(r"[0-9]{12}"),
    "itf14": re.compile(r"[0-9]{14}"),
    "code128": re.compile(r"[\x20-\x7e]{1,48}"),
    "code39": re.compile(r"[0-9A-Z .$/+%-]{1,48}"),
    "codabar": re.compile(r"[A-D][0-9$:/.+-]{1,46}[A-D]"),
}
CHECKED = frozenset({"ean13", "ean8", "upca", "itf14"})


def gs1_check_digit(body: str) -> str:
    """The last digit of a GS1 number (GS1 General Specifications §7.9): weights 3, 1, 3… from the right.

    Args:
        body: the ASCII digits before the check digit.
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def has_shape(symbology: Symbology, value: str) -> bool:
    """Whether the symbology can carry these characters in this number."""
    return SHAPES[symbology].fullmatch(value) is not None


def expected_check_digit(symbology: Symbology, value: str) -> str | None:
    """The check digit that `value`, of the right shape, ought to end with; None where there is none."""
    return gs1_check_digit(value[:-1]) if symbology in CHECKED else None
