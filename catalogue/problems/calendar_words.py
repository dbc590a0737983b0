"""Dates in words, in French and English."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from cje.locales import text


@lru_cache(4_096)
def day_text(day: date, lang: str = "fr") -> str:
    """Return a date in words: « 1er mars 2027 » / “1 March 2027”."""
    number = text("catalogue.calendar.first", lang) if day.day == 1 else str(day.day)
    return f"{number} {text(f'catalogue.calendar.month{day.month}', lang)} {day.year}"


def until_text(day: date, lang: str = "fr") -> str:
    """Return an end date in words, that day included: « jusqu'au 31 mars 2027 » / “until 31 March 2027”."""
    return text("catalogue.calendar.until", lang, day=day_text(day, lang))
