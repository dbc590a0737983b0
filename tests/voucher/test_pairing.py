"""A pairing: signed for one partner, small enough for one QR, and taken in one form only."""

from __future__ import annotations

from dataclasses import replace

import pytest
import segno
from wire_world import NOW, STRANGER, TRUSTS, Signer, make_root, trust_file

from voucher import base45, caps, cbor, cosign, pairing
from voucher.errors import BadSignature, Malformed, NotOurs, TooBig, UnknownKey, UpdateApp, VoucherError
from voucher.pairing import Pairing

PAIRING = Pairing(NOW, False, "cars-du-plateau", "Cars du Plateau", bytes(range(32)))


def signed(payload: bytes, signer: Signer = TRUSTS[0]) -> str:
    return pairing.assemble(
        payload, {signer.public: signer.sign(pairing.signing_input(payload, signer.public))}
    )


def changed(number: int, value: cbor.Value) -> bytes:
    fields = cbor.loads(pairing.encode_pairing(PAIRING))
    assert isinstance(fields, dict)
    return cbor.dumps({**fields, number: value})


def test_what_is_written_is_read_and_the_key_is_never_printed() -> None:
    assert pairing.decode_pairing(signed(pairing.encode_pairing(PAIRING)), make_root()) == PAIRING
    assert "short_key" not in repr(PAIRING)


def test_the_longest_names_fit_one_qr() -> None:
    longest = replace(PAIRING, partner="a" * 60, partner_name="é" * 80)
    text = signed(pairing.encode_pairing(longest))
    assert pairing.decode_pairing(text, make_root()) == longest
    assert segno.make_qr(text, error="l", boost_error=False).version <= 19
    assert segno.make_qr(signed(pairing.encode_pairing(PAIRING)), error="l").version <= 12


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (signed(pairing.encode_pairing(PAIRING), STRANGER), UnknownKey),
        (signed(pairing.encode_pairing(PAIRING))[5:], NotOurs),
        ("CJE1:" + signed(pairing.encode_pairing(PAIRING))[5:], NotOurs),
        (signed(changed(3, "Cars du Plateau")), Malformed),
        (signed(changed(4, "")), Malformed),
        (signed(changed(4, "é" * 81)), Malformed),
        (signed(changed(5, bytes(31))), Malformed),
        (signed(changed(5, bytes(33))), Malformed),
        (signed(changed(6, 1)), UpdateApp),
        (pairing.PREFIX + base45.encode(trust_file()), Malformed),
        (pairing.PREFIX + base45.encode(bytes(caps.MAX_PAIRING)), Malformed),
        (pairing.PREFIX + base45.encode(bytes(caps.MAX_PAIRING - 1)), Malformed),
        (pairing.PREFIX + "0" * (caps.MAX_PAIRING_TEXT - 4), Malformed),
    ],
)
def test_refuses_what_is_no_pairing(text: str, error: type[VoucherError]) -> None:
    with pytest.raises(error):
        pairing.decode_pairing(text, make_root())


@pytest.mark.promise("P10")
def test_a_pairing_over_its_cap_is_refused_unread() -> None:
    assert len(pairing.PREFIX + base45.encode(bytes(caps.MAX_PAIRING))) == caps.MAX_PAIRING_TEXT
    with pytest.raises(TooBig):
        cosign.CosignedFile(bytes(caps.MAX_PAIRING + 1), cosign.PAIRING, caps.MAX_PAIRING)


@pytest.mark.promise("P1", "P5")
def test_no_changed_character_and_no_signature_of_another_kind_is_taken() -> None:
    payload = pairing.encode_pairing(PAIRING)
    text = signed(payload)
    for at, character in enumerate(text):
        with pytest.raises(VoucherError):
            other = "0" if character != "0" else "1"
            pairing.decode_pairing(text[:at] + other + text[at + 1 :], make_root())
    signer = TRUSTS[0]
    lent = signer.sign(
        cosign.to_sign(cosign.TRUST, pairing.signing_input(payload, signer.public)[:4], payload)
    )
    with pytest.raises(BadSignature):
        pairing.decode_pairing(pairing.assemble(payload, {signer.public: lent}), make_root())
