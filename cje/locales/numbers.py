"""Numbers and amounts as people of a language write them."""

from __future__ import annotations

from cje.locales.languages import language

__all__ = ["decimal_amount", "euros", "whole_number"]


def whole_number(value: int, lang: str) -> str:
    """Return a whole number in groups of three figures: "12 500", "12,500"."""
    return f"{value:,}".replace(",", language(lang).thousands)


def decimal_amount(cents: int, lang: str) -> str:
    """Return cents without sign or groups: "1234,50", "1234.50"."""
    return f"{cents // 100}{language(lang).decimal}{cents % 100:02}"


def euros(cents: int, lang: str) -> str:
    """Return cents with their sign: "1 234,50 €", "€1,234.50"."""
    amount = f"{whole_number(cents // 100, lang)}{language(lang).decimal}{cents % 100:02}"
    return language(lang).money.format(amount=amount)
