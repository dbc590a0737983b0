"""What a person is expected to save, so that the wallet can add it up. All amounts are in cents."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from catalogue.model.field_types import Cents, Label, Record


class PercentSaving(Record):
    """A rate on a typical basket.

    Attributes:
        percent: 1 to 100.
        basket: the typical purchase, in cents.
    """

    kind: Literal["percent"]
    percent: int = Field(ge=1, le=100)
    basket: Cents

    @property
    def estimated_cents(self) -> int:
        """Rounded down: a promise of saving is never too large."""
        return self.basket * self.percent // 100


class AmountSaving(Record):
    """A fixed amount, in cents."""

    kind: Literal["amount"]
    amount: Cents

    @property
    def cents(self) -> int:
        return self.amount

    @property
    def estimated_cents(self) -> int:
        return self.amount


class FreeTextSaving(Record):
    """A gain that no amount tells: a first hour free, a place kept."""

    kind: Literal["free_text"]
    text: Label

    @property
    def estimated_cents(self) -> None:
        return None


Saving = Annotated[PercentSaving | AmountSaving | FreeTextSaving, Field(discriminator="kind")]
