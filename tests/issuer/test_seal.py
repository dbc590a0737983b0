"""The sealed card and what is derived for it: known answers, and nothing that opens it but its code."""

from __future__ import annotations

import hashlib

import pytest

from issuer.cards.seal import open_sealed, seal
from issuer.keys.derive import CampaignSecret
from issuer.keys.quarter import Quarter
from voucher import activation, civil
from voucher.bundle import Bundle, encode_bundle
from voucher.caps import MAX_BUNDLE
from voucher.errors import TooBig, VoucherError

CODE = activation.from_secret(12345)
OTHER = activation.from_secret(12346)
CARD = Bundle(1_795_000_000, 1_800_000_000, "Zoé", "CEJ", "Le Bon Élan", True, (), ())
SECRET = CampaignSecret(bytes(range(32)))
KNOWN = "d5879cdd264d3f5cc96c3b8e11d5d47b6560e046b8ee695cee30c5f7e3e702e4"


def test_opens_with_its_code_and_gives_the_same_bytes_again() -> None:
    name, file = seal(CODE, encode_bundle(CARD))
    assert open_sealed(file, CODE) == CARD
    assert seal(CODE, encode_bundle(CARD)) == (name, file)
    assert name == activation.file_name(activation.bundle_path(CODE))


def test_another_content_never_reuses_a_nonce() -> None:
    nonces = {seal(CODE, bytes([i]))[1][5:17] for i in range(256)}
    assert len(nonces) == 256


def test_nothing_opens_it_but_its_code() -> None:
    _, file = seal(CODE, encode_bundle(CARD))
    with pytest.raises(VoucherError):
        open_sealed(file, OTHER)
    for index in range(len(file)):
        with pytest.raises(VoucherError):
            open_sealed(file[:index] + bytes([file[index] ^ 1]) + file[index + 1 :], CODE)
    for size in (0, 4, 5, 16, 32, len(file) - 1):
        with pytest.raises(VoucherError):
            open_sealed(file[:size], CODE)


def test_a_file_over_its_cap_is_not_looked_at() -> None:
    assert len(seal(CODE, bytes(MAX_BUNDLE - 4))[1]) == MAX_BUNDLE + 33
    with pytest.raises(TooBig):
        seal(CODE, bytes(MAX_BUNDLE - 3))
    with pytest.raises(TooBig):
        open_sealed(bytes(MAX_BUNDLE + 34), CODE)


def test_derivation_is_what_it_was() -> None:
    """Known answers: changing one would give everybody another card."""
    derived = (
        SECRET.identity(),
        SECRET.activation_code(1, 1).encode(),
        SECRET.cti("rentree-2026", 1, 1, 101),
        SECRET.paper_cti("rentree-2026", 101, 1),
        SECRET.short_code_key("les-deux-mains"),
    )
    assert hashlib.sha256(b"|".join(derived)).hexdigest() == KNOWN


def test_no_two_contexts_give_one_value() -> None:
    drawn = [
        SECRET.cti(c, p, k, o) for c in ("a", "b") for p in (1, 256, 2**40) for k in (1, 2) for o in (1, 2)
    ]
    drawn += [SECRET.paper_cti(c, o, s) for c in ("a", "b") for o in (1, 2) for s in (1, 2)]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize(("person", "card"), [(0, 1), (2**40 + 1, 1), (1, 0), (1, 65_536)])
def test_refuses_to_derive_for_nobody(person: int, card: int) -> None:
    with pytest.raises(ValueError, match="person"):
        SECRET.activation_code(person, card)


def test_quarters_follow_each_other_without_a_gap() -> None:
    quarter = Quarter(2026, 1)
    for _ in range(12):
        assert quarter.end == quarter.next().start
        assert Quarter.of(quarter.start) == Quarter.of(quarter.end - 1) == quarter
        assert Quarter.parse(str(quarter)) == quarter
        assert civil.day_of(quarter.start).day == 1
        quarter = quarter.next()
    assert quarter == Quarter(2029, 1)


@pytest.mark.parametrize("name", ["", "2026-Q5", "2026-q1", "26-Q1", "2026-Q1\n", "2026-T1"])
def test_a_quarter_that_is_none_is_none(name: str) -> None:
    assert Quarter.parse(name) is None
