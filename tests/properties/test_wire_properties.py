"""For all honest values: written, read, written again. For all others: the room's own error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_world import (
    HOLDER,
    ISSUER,
    KEYRING,
    NOW,
    ROOTS,
    export_file,
    make_bundle,
    make_entry,
    make_export,
    make_offer,
    make_root,
    make_row,
    make_trust,
    presentation_of,
    quorum,
    root_file,
    signed_payload,
    trust_file,
    voucher_of,
)

from voucher import (
    activation,
    armour,
    base45,
    bundle,
    caps,
    cbor,
    frames,
    journal,
    root,
    short_code,
    trust,
    uint,
)
from voucher.claims import Claims, Period, decode_claims, decode_voucher, encode_claims
from voucher.errors import VoucherError
from voucher.presentation import decode_presentation
from voucher.trust import AmountSaving, NoSaving, PercentSaving

PR = settings(max_examples=60, deadline=None)

times = st.integers(caps.MIN_TIME, caps.MAX_TIME)
ctis = st.binary(min_size=16, max_size=16)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@st.composite
def claims(draw: st.DrawFn) -> Claims:
    start = draw(st.integers(caps.MIN_TIME, caps.MAX_TIME - 1))
    end = draw(st.integers(start + 1, min(caps.MAX_TIME, start + caps.MAX_VALIDITY)))
    uses = draw(st.integers(0, caps.MAX_USES))
    period = draw(st.sampled_from(Period)) if uses else Period.TOTAL
    holder = draw(st.none() | st.just(HOLDER.public))
    return Claims(start, end, draw(ctis), draw(st.integers(1, caps.MAX_OFFER)), uses, period, holder)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-cbor.MAX_INTEGER, cbor.MAX_INTEGER)
    | st.binary(max_size=300)
    | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers(-cbor.MAX_INTEGER, cbor.MAX_INTEGER) | texts, inner, max_size=4)
    ),
    max_leaves=12,
)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0)


@PR
@given(values)
def test_cbor_reads_what_it_writes(value: Any) -> None:
    if depth(value) > caps.MAX_DEPTH:
        with pytest.raises(VoucherError):
            cbor.dumps(value)
        return
    data = cbor.dumps(value)
    assert cbor.loads(data) == value == cbor2.loads(data)
    assert cbor.dumps(cbor.loads(data)) == data


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_cbor_takes_one_form_only(data: bytes) -> None:
    """Whatever is accepted is written again as it was: there is no second form of anything."""
    try:
        value = cbor.loads(data)
    except VoucherError:
        return
    assert cbor.dumps(value) == data
    assert cbor2.loads(data) == value


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80))
def test_base45_and_integers_are_one_to_one(data: bytes) -> None:
    text = base45.encode(data)
    assert base45.decode(text) == data
    assert set(text) <= set(base45.ALPHABET.decode())
    try:
        value, rest = uint.decode(data)
    except VoucherError:
        return
    assert uint.encode(value) + rest == data


@pytest.mark.promise("P2")
@PR
@given(claims())
def test_a_voucher_has_one_text(value: Claims) -> None:
    data = voucher_of(value)
    text = armour.encode(armour.VOUCHER, data)
    assert armour.decode(text) == (armour.VOUCHER, data)
    assert decode_voucher(data, KEYRING).claims == value
    assert encode_claims(decode_claims(encode_claims(value))) == encode_claims(value)
    assert len(text) <= caps.MAX_VOUCHER_TEXT and len(data) <= caps.MAX_VOUCHER


@PR
@given(claims(), times, st.integers(1, caps.MAX_SEQ), st.none() | st.integers(0, caps.MAX_CHALLENGE))
def test_a_presentation_says_what_was_signed(value: Claims, at: int, seq: int, challenge: int | None) -> None:
    voucher = voucher_of(replace(value, holder=HOLDER.public))
    data = presentation_of(voucher, at, seq, challenge)
    read = decode_presentation(data, KEYRING)
    assert (read.timestamp, read.seq, read.challenge, read.voucher_bytes) == (at, seq, challenge, voucher)
    assert len(armour.encode(armour.PRESENTATION, data)) <= caps.MAX_PRESENTATION_TEXT


@pytest.mark.promise("P3")
@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=24, max_size=255))
def test_a_hostile_issuer_gets_an_error_or_its_claims(payload: bytes) -> None:
    try:
        read = decode_voucher(signed_payload(payload), KEYRING)
    except VoucherError:
        return
    assert encode_claims(read.claims) == payload


@PR
@given(st.lists(st.sampled_from(ROOTS), min_size=1, max_size=5, unique=True), st.data())
def test_a_root_needs_its_threshold(signers: list[Any], data: st.DataObject) -> None:
    threshold = data.draw(st.integers(1, 5))
    value = make_root(root=quorum(ROOTS, threshold))
    file = root_file(value, signers)
    if len(signers) >= threshold:
        assert root.decode_anchor(file) == value
    else:
        with pytest.raises(VoucherError):
            root.decode_anchor(file)


savings = (
    st.just(NoSaving())
    | st.integers(1, 100).map(PercentSaving)
    | st.integers(0, caps.MAX_TIME).map(AmountSaving)
)


@PR
@given(
    st.lists(st.binary(min_size=7, max_size=7), max_size=40),
    st.lists(
        st.tuples(st.integers(1, caps.MAX_OFFER), savings, texts), max_size=5, unique_by=lambda row: row[0]
    ),
    ctis,
)
def test_a_trust_list_says_what_was_signed(revoked: list[bytes], offers: list[Any], cti: bytes) -> None:
    listed = [
        make_offer(n, saving=saving, terms=(words,))
        for n, saving, words in sorted(offers, key=lambda o: o[0])
    ]
    value = make_trust(prefix=7, revoked=tuple(sorted(set(revoked))), offers=tuple(listed))
    read = trust.decode_trust(trust_file(value), make_root())
    assert read == value
    voucher = decode_voucher(voucher_of(Claims(NOW, NOW + 1, cti, 7, 1, Period.DAY)), KEYRING)
    assert read.revokes(voucher) == (cti[:7] in set(revoked))


@PR
@given(texts, st.none() | texts, st.lists(texts, max_size=3), st.booleans())
def test_a_card_says_what_was_written(programme: str, name: str | None, steps: list[str], demo: bool) -> None:
    entry = make_entry(steps=tuple(steps), headline=programme)
    value = make_bundle(programme=programme, first_name=name, entries=(entry,), demo=demo)
    content = bundle.encode_bundle(value)
    assert bundle.decode_bundle(content) == value
    assert bundle.unpad(bundle.pad(content)) == content
    assert len(bundle.pad(content)) % caps.BUNDLE_STEP == 0


@PR
@given(
    st.lists(st.tuples(times, st.none() | st.integers(0, 10**6), texts), max_size=5), st.integers(1, 10**9)
)
def test_an_export_says_what_was_journaled(rows: list[Any], first: int) -> None:
    made = [make_row(first + i, time=t, amount=a, verdict=v) for i, (t, a, v) in enumerate(rows)]
    value = make_export(made, first=first)
    assert journal.decode_export(export_file(value)) == value


@PR
@given(st.binary(min_size=1, max_size=caps.FRAME_CHUNK * 5), st.randoms(use_true_random=False))
def test_frames_give_the_file_back(file: bytes, dice: Any) -> None:
    cut = list(frames.encode_frames(file))
    dice.shuffle(cut)
    assert frames.decode_frames(cut) == file
    assert all(len(text) <= 914 for text in cut)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**95 - 1), st.text(" .-\u00a0\u2013\n", max_size=5), st.booleans())
def test_a_code_is_found_however_it_is_typed(secret: int, between: str, lower: bool) -> None:
    code = activation.from_secret(secret)
    typed = between.join(code)
    typed = (typed.lower() if lower else typed).replace("0", "O")
    assert activation.normalise(typed) == code


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_typed_text_ends_in_a_code_or_our_error(text: str) -> None:
    for read in (
        lambda: activation.normalise(text),
        lambda: short_code.decode(bytes(32), 1, 202_601, text),
        lambda: frames.decode_frames([frames.PREFIX + text]),
        lambda: armour.decode(text),
    ):
        try:
            read()
        except VoucherError as error:
            assert error.code


@PR
@given(ctis, st.integers(1, 2**32 - 1), st.integers(202_001, 209_953))
def test_short_codes_read_back(cti: bytes, offer: int, week: int) -> None:
    key = ISSUER.seed
    code = short_code.encode(key, offer, week, short_code.tag_of(cti))
    assert short_code.decode(key, offer, week, code) == short_code.tag_of(cti) == int(cti.hex()[:5], 16)
