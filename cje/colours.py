"""The product's colours and type, as custom properties of CSS, for the pages that Python serves."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def colour_tokens() -> str:
    """Return `tokens.css`: one light and one dark block of custom properties."""
    return (files("cje") / "tokens.css").read_text(encoding="utf-8")
