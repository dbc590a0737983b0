"""The lists of codes that partners would send: one invented code for each person of the demo."""

from __future__ import annotations

from catalogue import BarcodeUse, Offer
from catalogue.model.barcodes import CHECKED, gs1_check_digit

_BODY = {"ean13": 12, "ean8": 7, "upca": 11, "itf14": 13}


def invented_codes(offer: Offer, count: int) -> list[str]:
    """Return `count` different codes of the shape that the offer asks for; each says that it is a demo's."""
    if not isinstance(offer.use, BarcodeUse):
        return [f"DEMO-{offer.number}-{n:03}" for n in range(1, count + 1)]
    symbology = offer.use.symbology
    if symbology in CHECKED:
        size = _BODY[symbology]
        bodies = [f"{offer.number:0{size - 3}}"[-(size - 3) :] + f"{n:03}" for n in range(1, count + 1)]
        return [body + gs1_check_digit(body) for body in bodies]
    if symbology == "codabar":
        return [f"A{offer.number}{n:03}B" for n in range(1, count + 1)]
    return [f"DEMO{offer.number}{n:03}" for n in range(1, count + 1)]
