"""The five ways to use an offer, each with its own fields. `use.kind` in a file says which one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from catalogue.model.barcodes import Symbology
from catalogue.model.field_types import BarcodeText, Https, PromoCode, Record


class VoucherUse(Record):
    """Our signed QR code, which the partner's till verifies with no network.

    Attributes:
        paper: a printed voucher without a holder's key is accepted too.
        short_code: twelve characters can be typed when the camera fails.
        identity_check: the cashier compares the first name with an identity document.
        amount_asked: the till asks for the amount of the purchase.
    """

    kind: Literal["voucher"]
    paper: bool = False
    short_code: bool = False
    identity_check: bool = False
    amount_asked: bool = False


class CodeUse(Record):
    """A promo code to type: the same for all, one per person from a list, or derived per person."""

    kind: Literal["code"]
    source: Literal["shared", "imported", "derived"]
    code: PromoCode | None = None
    url: Https | None = None


class LinkUse(Record):
    """The discount is inside the link."""

    kind: Literal["link"]
    url: Https


class BarcodeUse(Record):
    """The partner's own till code: one for all, or one per person from a list."""

    kind: Literal["barcode"]
    symbology: Symbology
    source: Literal["fixed", "imported"]
    value: BarcodeText | None = None


class CardUse(Record):
    """The card is shown and a person looks at it."""

    kind: Literal["card"]


Use = Annotated[VoucherUse | CodeUse | LinkUse | BarcodeUse | CardUse, Field(discriminator="kind")]
KINDS = ("voucher", "code", "link", "barcode", "card")
