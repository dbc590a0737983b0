"""A pairing: signed for one partner, small enough for one QR, and taken in one form only."""

from __future__ import annotations

from dataclasses import replace

import pytest
import segno
from wire_world import STRANGER, TRUSTS, make_pairing, make_root, pairing_text, trust_file

from voucher import base45, caps, cbor, cosign, pairing
from voucher.errors import BadSignature, Malformed, NotOurs, TooBig, UnknownKey, UpdateApp, VoucherError

PAIRING = make_pairing()


def changed(number: int, value: cbor.Value) -> bytes:
    fields = cbor.loads(pairing.encode_pairing(PAIRING))
    assert isinstance(fields, dict)
    return cbor.dumps({**fields, number: value})


def test_what_is_written_is_read_and_the_key_is_never_printed() -> None:
    assert pairing.decode_pairing(pairing_text(), make_root()) == PAIRING
    assert "short_key" not in repr(PAIRING)


def test_the_longest_names_fit_one_qr() -> None:
    longest = replace(PAIRING, partner="a" * 60, partner_name="é" * 80)
    text = pairing_text(longest)
    assert pairing.decode_pairing(text, make_root()) == longest
    assert segno.make_qr(text, error="l", boost_error=False).version <= 19
    assert segno.make_qr(pairing_text(), error="l").version <= 12


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (pairing_text(signer=STRANGER), UnknownKey),
        (pairing_text()[5:], NotOurs),
        ("CJE1:" + pairing_text()[5:], NotOurs),
        (pairing_text(changed(3, "Cars du Plateau")), Malformed),
        (pairing_text(changed(4, "")), Malformed),
        (pairing_text(changed(4, "é" * 81)), Malformed),
        (pairing_text(changed(5, bytes(31))), Malformed),
        (pairing_text(changed(5, bytes(33))), Malformed),
        (pairing_text(changed(6, 1)), UpdateApp),
        (pairing.PREFIX + base45.encode(trust_file()), Malformed),
        (pairing.PREFIX + base45.encode(bytes(caps.MAX_PAIRING)), Malformed),
        (pairing.PREFIX + base45.encode(bytes(caps.MAX_PAIRING - 1)), Malformed),
        (pairing.PREFIX + "0" * (caps.MAX_PAIRING_TEXT - 4), Malformed),
    ],
)
def test_refuses_what_is_no_pairing(text: str, error: type[VoucherError]) -> None:
    with pytest.raises(error):
        pairing.decode_pairing(text, make_root())


@pytest.mark.parametrize("changes", [{"partner": "a"}, {"partner_name": "a"}, {"demo": True}])
def test_the_shortest_names_are_names(changes: dict[str, object]) -> None:
    value = make_pairing(**changes)
    assert pairing.decode_pairing(pairing_text(value), make_root()) == value


@pytest.mark.promise("P10")
def test_a_text_at_its_cap_is_looked_at_and_a_longer_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr(base45, "decode", looked.append)
    for length in (caps.MAX_PAIRING_TEXT, caps.MAX_PAIRING_TEXT + 1):
        with pytest.raises((Malformed, TypeError)):
            pairing.decode_pairing(pairing.PREFIX.ljust(length, "0"), make_root())
    assert [len(body) for body in looked] == [caps.MAX_PAIRING_TEXT - len(pairing.PREFIX)]


@pytest.mark.promise("P10")
def test_a_pairing_over_its_cap_is_refused_unread() -> None:
    assert len(pairing.PREFIX + base45.encode(bytes(caps.MAX_PAIRING))) == caps.MAX_PAIRING_TEXT
    with pytest.raises(TooBig):
        cosign.CosignedFile(bytes(caps.MAX_PAIRING + 1), cosign.PAIRING, caps.MAX_PAIRING)


@pytest.mark.promise("P1", "P5")
def test_no_changed_character_and_no_signature_of_another_kind_is_taken() -> None:
    payload = pairing.encode_pairing(PAIRING)
    text = pairing_text(payload)
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
