"""Quarters of the civil year in Europe/Paris: an issuing key serves one, so that revoking it is bearable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from voucher import civil
from voucher.caps import MAX_VALIDITY

_NAME: Final = re.compile(r"(20[0-9]{2})-Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter: 2026-Q4 is October to December 2026."""

    year: int
    number: int

    @classmethod
    def of(cls, at: int) -> Quarter:
        """The quarter in which a moment (seconds since 1970) lies in Paris."""
        day = civil.day_of(at)
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, name: str) -> Quarter | None:
        match = _NAME.fullmatch(name)
        return cls(int(match[1]), int(match[2])) if match else None

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    def next(self) -> Quarter:
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def start(self) -> int:
        """Its first second."""
        return civil.start_of(date(self.year, 3 * self.number - 2, 1))

    @property
    def end(self) -> int:
        """The first second after it."""
        return self.next().start

    @property
    def accept_until(self) -> int:
        """No voucher that begins in the quarter can be valid at this second (voucher-v1 §2.2)."""
        return self.end + MAX_VALIDITY
