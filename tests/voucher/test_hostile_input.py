"""P3: any input ends in the room's own error, at once; nothing is read before its signature holds."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from wire_world import (
    CODE,
    KEYRING,
    STRANGER,
    export_file,
    make_root,
    root_file,
    signed_payload,
    trust_file,
    voucher_of,
)

from cje.cli.commands import error_sentence
from voucher import activation, armour, base45, bundle, cbor, frames, journal, root, short_code, trust, uint
from voucher.claims import decode_claims, decode_voucher
from voucher.errors import Malformed, VoucherError
from voucher.presentation import decode_presentation
from voucher.statistics import decode_publication

BYTES: dict[str, Callable[[bytes], object]] = {
    "cbor": cbor.loads,
    "uint": uint.decode,
    "claims": decode_claims,
    "voucher": lambda data: decode_voucher(data, KEYRING),
    "presentation": lambda data: decode_presentation(data, KEYRING),
    "anchor": root.decode_anchor,
    "successor": lambda data: root.decode_successor(data, make_root()),
    "trust": lambda data: trust.decode_trust(data, make_root()),
    "bundle": bundle.decode_bundle,
    "unpad": bundle.unpad,
    "export": journal.decode_export,
    "statistics": decode_publication,
}
TEXTS: dict[str, Callable[[str], object]] = {
    "armour": armour.decode,
    "base45": base45.decode,
    "frames": lambda text: frames.decode_frames([text]),
    "activation": activation.normalise,
    "short code": lambda text: short_code.decode(bytes(32), 7, 202_640, text),
}
BOMBS = {
    "nothing": b"",
    "zeros": bytes(2**20),
    "ones": b"\xff" * 2**20,
    "nested arrays": b"\x81" * 2**20,
    "nested maps": b"\xa1" * 2**20,
    "nested tags": b"\xc6" * 2**20,
    "an array of 2^64": b"\x9b" + b"\xff" * 8,
    "a map of 2^64": b"\xbb" + b"\xff" * 8,
    "a string of 2^63": b"\x5b\x7f" + b"\xff" * 7,
    "a text of 2^32": b"\x7a" + b"\xff" * 4 + b"a" * 1000,
    "a huge integer": b"\xc2\x5a\x00\x0f\xff\xff" + b"\xff" * 0xFFFFF,
    "a huge power": b"\xc5\x82\x1a\x7f\xff\xff\xff\x01",
    "a regular expression": b"\xd8\x23\x79\x27\x10" + b"(" * 5000 + b")" * 5000,
    "a date beyond time": b"\xc1\x1b\x7f\xff\xff\xff\xff\xff\xff\xff",
    "half a surrogate pair": b"\x63\xed\xa0\x80",
    "an export's head": b"\xd2\x84" + b"\x81" * 1000,
    "a trust file's head": bytes.fromhex("d86284") + b"\x5b" + b"\xff" * 8,
}


def unfolding(levels: int, refs: int = 30) -> bytes:
    """Lists that refer to each other by tags 28 and 29: 400 bytes that stand for refs^levels values."""

    def level(k: int) -> bytes:
        if k == 0:
            return b"\xd8\x1c\x81\x00"
        more = (b"\xd8\x1d" + bytes((levels - k + 1,))) * refs
        return b"\xd8\x1c\x98" + bytes((refs + 1,)) + level(k - 1) + more

    return level(levels)


@pytest.mark.promise("P3")
@pytest.mark.parametrize("reader", BYTES)
@pytest.mark.parametrize("bomb", [*BOMBS, "shared values"])
def test_a_bomb_is_refused_at_once(reader: str, bomb: str) -> None:
    data = unfolding(6) if bomb == "shared values" else BOMBS[bomb]
    started = time.process_time()
    if reader == "uint" and bomb in ("zeros",):
        assert uint.decode(data)[0] == 0
    elif reader == "unpad" and bomb == "zeros":
        with pytest.raises(Malformed):
            bundle.unpad(data)
    else:
        with pytest.raises(VoucherError):
            BYTES[reader](data)
    assert time.process_time() - started < 0.5


@pytest.mark.promise("P3")
@pytest.mark.parametrize("reader", BYTES)
def test_random_bytes_raise_only_our_own_error(reader: str) -> None:
    dice = random.Random(reader)
    starts = [
        b"",
        voucher_of()[:20],
        root_file()[:20],
        trust_file()[:20],
        export_file()[:20],
        b"\xa5",
        b"\xd2\x84",
    ]
    for _ in range(500):
        data = dice.choice(starts) + dice.randbytes(dice.randrange(300))
        try:
            BYTES[reader](data)
        except VoucherError as error:
            assert error.code


@pytest.mark.promise("P3")
@pytest.mark.parametrize("reader", TEXTS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "\ud800",
        "CJE1:\udfff",
        "CJE1:" + "\udcff" * 9,
        "\U0001f642" * 2**18,
        "0" * 2**20,
        "CJE1:" + "0" * 2**20,
        "CJT1:" + ":" * 900,
        "A-" * 2048,
        "A" + "-" * 4094 + "B",
        " " * 4096,
        "ß" * 4000,
        "\u0130" * 12,
        "１" * 12,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_any_text_raises_only_our_own_error(reader: str, text: str) -> None:
    started = time.process_time()
    try:
        TEXTS[reader](text)
    except VoucherError as error:
        assert error.code
    assert time.process_time() - started < 0.5


@pytest.mark.promise("P3")
def test_a_text_of_a_mebibyte_is_refused_in_five_milliseconds() -> None:
    texts = ["CJE1:" + "0" * 2**20, "x" * 2**20, "\U0001f642" * 2**18]
    started = time.process_time()
    for _ in range(20):
        for text in texts:
            with pytest.raises(VoucherError):
                armour.decode(text)
    assert (time.process_time() - started) / 60 < 0.005


@pytest.mark.promise("P3")
def test_claims_are_not_read_before_the_signature_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Swiss COVID verifier crashed on an unsigned integer: here unsigned claims meet no decoder."""
    forged = signed_payload(b"\xff" * 60, STRANGER)
    read: list[bytes] = []
    monkeypatch.setattr("voucher.claims.decode_claims", read.append)
    for data in (forged, voucher_of()[:-1] + bytes((voucher_of()[-1] ^ 1,))):
        with pytest.raises(VoucherError):
            decode_voucher(data, KEYRING)
    assert read == []


def test_an_unverified_object_has_no_readable_field() -> None:
    from voucher.cosign import ROOT, CosignedFile
    from voucher.envelope import Envelope

    for unread in (Envelope(voucher_of()), CosignedFile(root_file(), ROOT, 10**5)):
        public = [name for name in dir(unread) if not name.startswith("_")]
        assert all(callable(getattr(unread, name)) for name in public)
        assert not hasattr(unread, "__dict__")


def test_what_a_person_reads_names_the_code() -> None:
    with pytest.raises(VoucherError) as caught:
        armour.decode("CJE1:")
        decode_voucher(b"", KEYRING)
    said = error_sentence(caught.value, "fr")
    assert "malformed" in said and CODE not in said
