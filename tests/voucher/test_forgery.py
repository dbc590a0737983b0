"""P1: no changed bit or character of a valid object is accepted."""

from __future__ import annotations

import hashlib

import pytest
from wire_world import (
    DAY,
    KEYRING,
    NOW,
    make_claims,
    presentation_of,
    presentation_text,
    voucher_of,
    voucher_text,
)

from voucher import armour, base45
from voucher.claims import Claims, Period, decode_voucher
from voucher.errors import BadSignature, Malformed, UnknownKey, VoucherError
from voucher.presentation import decode_presentation

FORGED = (Malformed, UnknownKey, BadSignature)


def vouchers() -> list[Claims]:
    """Twenty vouchers with every length and limit that a field can have."""
    found = []
    for n in range(20):
        holder = None if n % 4 == 0 else make_claims().holder
        uses = (0, 1, 23, 24, 255)[n % 5]
        found.append(
            make_claims(
                not_before=NOW + n * DAY,
                expires=NOW + (n + 1 + n * 15) * DAY,
                cti=hashlib.sha256(bytes((n,))).digest()[:16],
                offer=(1, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1)[n % 8],
                uses=uses,
                period=Period(n % 4 if uses else 0),
                holder=holder,
            )
        )
    return found


@pytest.mark.promise("P1")
@pytest.mark.parametrize("value", vouchers(), ids=lambda value: f"offer {value.offer}, uses {value.uses}")
def test_refuses_every_changed_bit_of_twenty_vouchers(value: Claims) -> None:
    good = voucher_of(value)
    assert decode_voucher(good, KEYRING).claims == value
    for at in range(len(good) * 8):
        forged = bytearray(good)
        forged[at // 8] ^= 1 << at % 8
        with pytest.raises(FORGED):
            decode_voucher(bytes(forged), KEYRING)


@pytest.mark.promise("P1")
@pytest.mark.parametrize("challenge", [None, 4711])
def test_refuses_every_changed_bit_of_a_presentation(challenge: int | None) -> None:
    good = presentation_of(challenge=challenge)
    for at in range(len(good) * 8):
        forged = bytearray(good)
        forged[at // 8] ^= 1 << at % 8
        with pytest.raises(FORGED):
            decode_presentation(bytes(forged), KEYRING)


def opens(text: str) -> bool:
    try:
        prefix, data = armour.decode(text)
        decode = decode_voucher if prefix == armour.VOUCHER else decode_presentation
        decode(data, KEYRING)
    except VoucherError:
        return False
    return True


@pytest.mark.promise("P1")
@pytest.mark.parametrize(
    "text", [voucher_text(), presentation_text(), voucher_text(voucher_of(vouchers()[0]))]
)
def test_refuses_every_character_exchanged_for_every_symbol(text: str) -> None:
    symbols = base45.ALPHABET.decode("ascii")
    assert opens(text)
    accepted = [
        (at, symbol)
        for at in range(len(text))
        for symbol in symbols
        if symbol != text[at] and opens(text[:at] + symbol + text[at + 1 :])
    ]
    assert accepted == []


@pytest.mark.promise("P1")
def test_refuses_every_character_left_out_doubled_or_exchanged_with_the_next() -> None:
    for text in (voucher_text(), presentation_text()):
        for at in range(len(text)):
            pair = text[at : at + 2][::-1]
            for forged in (
                text[:at] + text[at + 1 :],
                text[:at] + text[at] + text[at:],
                text[:at] + pair + text[at + 2 :],
            ):
                assert forged == text or not opens(forged)
