"""P2: one object has one text and one string of bytes; what other readers tolerate is refused."""

from __future__ import annotations

import hostile
import pytest
from cbor2 import CBORTag
from cbor2 import dumps as lax_dumps
from cbor2 import loads as lax_loads
from wire_world import KEYRING, make_claims, presentation_of, presentation_text, voucher_of, voucher_text

from voucher import armour, base45
from voucher.claims import decode_voucher, encode_voucher
from voucher.errors import VoucherError
from voucher.keyring import HEADER_SIZE


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    "name, data", tuple(hostile.envelopes()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_refuses_an_envelope_in_another_form(name: str, data: bytes) -> None:
    with pytest.raises(VoucherError) as caught:
        decode_voucher(data, KEYRING)
    assert caught.value.code == "malformed"


@pytest.mark.promise("P2")
def test_a_general_reader_would_take_most_of_those_forms() -> None:
    """The forms are real: cbor2 finds the same four parts in them."""
    honest = lax_loads(voucher_of()).value
    taken = []
    for name, data in hostile.envelopes():
        try:
            value = lax_loads(data)
        except Exception:  # noqa: S112
            continue
        value = value.value if isinstance(value, CBORTag) else value
        if isinstance(value, list | tuple) and list(value)[:1] == list(honest)[:1] and value[2] == honest[2]:
            taken.append(name)
    assert len(taken) >= 8


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    "text", [voucher_text(), presentation_text(), voucher_text(voucher_of(make_claims(holder=None)))]
)
def test_what_is_read_is_written_again_as_it_was(text: str) -> None:
    prefix, data = armour.decode(text)
    assert armour.encode(prefix, data) == text
    if prefix == armour.VOUCHER:
        claims = decode_voucher(data, KEYRING).claims
        assert encode_voucher(claims, data[HEADER_SIZE - 1 : HEADER_SIZE + 3], data[-64:]) == data


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        str.swapcase,
        lambda text: " " + text,
        lambda text: text + " ",
        lambda text: text + "\n",
        lambda text: "\ufeff" + text,
        lambda text: text[:5] + " " + text[5:],
        lambda text: text.translate({48 + i: 0xFF10 + i for i in range(10)}),
        lambda text: text.replace("C", "\u0421", 1),
        lambda text: "https://exemple.fr/" + text,
    ],
)
@pytest.mark.parametrize("text", [voucher_text(), presentation_text()])
def test_refuses_any_other_writing(text: str, change: object) -> None:
    assert callable(change)
    with pytest.raises(VoucherError):
        _, data = armour.decode(change(text))
        decode_voucher(data, KEYRING)


@pytest.mark.promise("P2")
def test_base45_has_one_text_for_all_short_strings() -> None:
    """Every text of up to two characters, and every group of three: what is read is written again."""
    alphabet = base45.ALPHABET.decode()
    seen = set()
    for text in [a + b for a in alphabet for b in alphabet] + [
        a + b + c for a in alphabet for b in alphabet for c in alphabet
    ]:
        try:
            data = base45.decode(text)
        except VoucherError:
            continue
        assert base45.encode(data) == text
        seen.add(data)
    assert len(seen) == 256 + 65_536


def test_another_encoder_writes_the_same_claims() -> None:
    """An oracle: cbor2's canonical form of the claims is ours."""
    data = voucher_of()
    payload = lax_loads(data).value[2]
    assert lax_dumps(lax_loads(payload)) == payload
    assert presentation_of()[:9] == bytes.fromhex("d28443a10132a058") + presentation_of()[8:9]
