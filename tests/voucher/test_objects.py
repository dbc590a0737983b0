"""What each object says, read back from what was written; and what cannot be written."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from dataclasses import replace

import pytest
from wire_world import (
    CODE,
    CTI,
    DAY,
    HOLDER,
    ISSUER,
    KEYRING,
    NOW,
    ROOTS,
    STRANGER,
    TILL,
    claims_kid,
    export_file,
    make_bundle,
    make_claims,
    make_entry,
    make_export,
    make_issuing,
    make_offer,
    make_root,
    make_row,
    make_trust,
    presentation_of,
    root_file,
    sealed,
    trust_file,
    voucher_of,
)

import voucher
from voucher import bundle, cbor, cosign, envelope, frames, journal, presentation, root, trust
from voucher.claims import Claims, Period, Voucher, decode_voucher, encode_claims
from voucher.errors import BadSignature, Malformed, UpdateApp, VoucherError
from voucher.journal import Kind
from voucher.presentation import decode_presentation


def test_a_voucher() -> None:
    assert decode_voucher(voucher_of(), KEYRING) == Voucher(make_claims(), ISSUER.public)
    bearer = make_claims(holder=None)
    assert decode_voucher(voucher_of(bearer), KEYRING).claims == bearer
    assert (len(encode_claims(bearer)), len(encode_claims(make_claims()))) == (40, 83)


@pytest.mark.parametrize(
    "changes",
    [
        {"not_before": 2**30},
        {"expires": 2**32},
        {"expires": NOW},
        {"expires": NOW + 400 * DAY + 1},
        {"offer": 0},
        {"offer": 2**32},
        {"uses": -1},
        {"uses": 256},
        {"uses": 0},
        {"cti": bytes(15)},
        {"cti": bytes(17)},
        {"holder": bytes(31)},
        {"holder": bytes(33)},
    ],
)
def test_claims_out_of_bounds_cannot_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        make_claims(**changes)


@pytest.mark.parametrize("challenge", [None, 0, 9999])
def test_a_presentation(challenge: int | None) -> None:
    read = decode_presentation(presentation_of(challenge=challenge), KEYRING)
    assert (read.timestamp, read.seq, read.challenge) == (NOW + 5, 3, challenge)
    assert read.voucher.claims == make_claims() and read.voucher_bytes == voucher_of()


@pytest.mark.parametrize(
    "voucher, timestamp, seq, challenge",
    [
        (bytes(23), NOW, 1, None),
        (bytes(256), NOW, 1, None),
        (bytes(100), 2**30, 1, None),
        (bytes(100), 2**32, 1, None),
        (bytes(100), NOW, 0, None),
        (bytes(100), NOW, 2**32, None),
        (bytes(100), NOW, 1, -1),
        (bytes(100), NOW, 1, 10_000),
    ],
)
def test_a_content_out_of_bounds_cannot_be_made(
    voucher: bytes, timestamp: int, seq: int, challenge: int | None
) -> None:
    with pytest.raises(Malformed):
        presentation.encode_content(voucher, timestamp, seq, challenge)


@pytest.mark.parametrize("size, fits", [(23, False), (24, True), (255, True), (256, False)])
def test_a_presentation_has_room_for_a_short_byte_string(size: int, fits: bool) -> None:
    if fits:
        assert bytes(size) in presentation.encode_content(bytes(size), NOW, 1)
    else:
        with pytest.raises(Malformed):
            presentation.encode_content(bytes(size), NOW, 1)


@pytest.mark.parametrize("payload, signature", [(23, 64), (256, 64), (24, 63), (24, 65)])
def test_an_envelope_has_room_for_its_parts_only(payload: int, signature: int) -> None:
    with pytest.raises(Malformed):
        envelope.assemble(b"\xa1\x01\x32", bytes(payload), bytes(signature))


def test_an_envelope_opens_under_its_own_header_only() -> None:
    other = envelope.Envelope(presentation_of(), header_size=3)
    with pytest.raises(Malformed):
        other.open_with(HOLDER.public, b"\xa1\x01\x27")


@pytest.mark.parametrize("value", [make_root(), make_root(2**32 - 1, demo=True, operator="x")])
def test_a_root(value: root.Root) -> None:
    assert root.decode_anchor(root_file(value)) == value


TRUSTS = [
    make_trust(),
    make_trust(keys=(), offers=(), revoked=(), batches=(), demo=True),
    make_trust(prefix=16, revoked=(CTI,)),
    make_trust(offers=(make_offer(2**32 - 1, terms=(), not_allowed=(), paper=True, identity_check=True),)),
]


@pytest.mark.parametrize("value", TRUSTS)
def test_a_trust_list(value: trust.TrustList) -> None:
    assert trust.decode_trust(trust_file(value), make_root()) == value


def test_writing_a_list_sorts_it() -> None:
    value = make_trust(revoked=(b"\2" * 6, b"\1" * 6, b"\2" * 6), keys=make_trust().keys[::-1])
    value = replace(value, offers=value.offers[::-1])
    read = trust.decode_trust(trust_file(value), make_root())
    assert read.revoked == (b"\1" * 6, b"\2" * 6)
    assert read.keys == make_trust().keys and read.offers == make_trust().offers


@pytest.mark.parametrize(
    "changes, may",
    [
        ({}, True),
        ({"use_from": NOW}, True),
        ({"use_from": NOW + 1}, False),
        ({"use_until": NOW + 1}, True),
        ({"use_until": NOW}, False),
        ({"accept_until": NOW + 30 * DAY}, True),
        ({"accept_until": NOW + 30 * DAY - 1}, False),
        ({"offers": (7,)}, True),
        ({"offers": (6, 8)}, False),
        ({"offers": ()}, False),
    ],
)
def test_what_a_key_may_sign(changes: dict[str, object], may: bool) -> None:
    assert make_issuing(**changes).may_sign(make_claims()) is may


@pytest.mark.parametrize(
    "changes, revoked",
    [
        ({"revoked": (), "batches": ()}, False),
        ({"revoked": (CTI[:6],)}, True),
        ({"revoked": (CTI[:5] + b"\xff",)}, False),
        ({"prefix": 16, "revoked": (CTI,)}, True),
        ({"prefix": 16, "revoked": (CTI[:15] + b"\xff",)}, False),
        ({"revoked": (b"\0" * 6, CTI[:6], b"\xff" * 6)}, True),
        ({"batches": ((claims_kid(ISSUER), NOW),)}, False),
        ({"batches": ((claims_kid(ISSUER), NOW + 1),)}, True),
        ({"batches": ((claims_kid(STRANGER), NOW + 1),)}, False),
    ],
)
def test_what_is_revoked(changes: dict[str, object], revoked: bool) -> None:
    value = make_trust(**changes)
    assert value.revokes(Voucher(make_claims(), ISSUER.public)) is revoked


def test_a_list_knows_its_offers_and_keys() -> None:
    value = make_trust()
    assert value.offer(8) == value.offers[1] and value.offer(10) is None
    assert value.issuing_key(ISSUER.public) == make_issuing()
    assert decode_voucher(voucher_of(), value.keyring()).key == ISSUER.public


def test_a_card() -> None:
    value = make_bundle()
    assert bundle.decode_bundle(bundle.encode_bundle(value)) == value
    from issuer.cards.seal import open_sealed

    assert open_sealed(sealed(bundle.encode_bundle(value)), CODE) == value


def test_writing_a_card_sorts_it() -> None:
    value = make_bundle(
        entries=(make_entry(9), make_entry(7)), keys=(STRANGER.public, ISSUER.public, ISSUER.public)
    )
    read = bundle.decode_bundle(bundle.encode_bundle(value))
    assert [entry.offer for entry in read.entries] == [7, 9]
    assert read.keys == tuple(sorted((STRANGER.public, ISSUER.public)))


@pytest.mark.parametrize("codes", [(), ("0" * 12,), ("0" * 12, "Z" * 12)])
@pytest.mark.parametrize("paper", [None, bytes(120)])
def test_an_entry_with_what_helps_when_a_code_does_not_pass(
    codes: tuple[str, ...], paper: bytes | None
) -> None:
    value = make_bundle(entries=(make_entry(short_codes=codes, paper=paper),))
    content = bundle.encode_bundle(value)
    assert bundle.decode_bundle(content) == value
    (entry,) = cbor.loads(content)[8]
    assert entry.keys() == {*range(1, 22), *([22] if codes else []), *([23] if paper else [])}


@pytest.mark.parametrize(
    "padded", [b"", bytes(1023), bytes(1025), bytes(2048), b"\0\0\0\1" + bytes(1019) + b"\1"]
)
def test_padding_is_zero_and_of_the_right_length(padded: bytes) -> None:
    with pytest.raises(Malformed):
        bundle.unpad(padded)
    assert bundle.unpad(bytes(1024)) == b""


def test_other_content_never_reuses_a_nonce() -> None:
    key = bytes(32)
    assert bundle.nonce(key, bundle.pad(b"a")) != bundle.nonce(key, bundle.pad(b"b"))
    assert bundle.nonce(key, bundle.pad(b"a")) == bundle.nonce(key, bundle.pad(b"a"))


def test_an_export() -> None:
    for value in (make_export(), make_export([]), make_export([make_row(9), make_row(10)], first=9)):
        assert journal.decode_export(export_file(value)) == value


def test_an_export_signed_by_another_till_is_refused() -> None:
    payload = journal.encode_export(make_export())
    signature = STRANGER.sign(journal.signing_input(payload, TILL.public))
    with pytest.raises(BadSignature):
        journal.decode_export(journal.assemble(payload, TILL.public, signature))


@pytest.mark.parametrize(
    "field", ["time", "amount", "reason", "evidence", "offset", "verdict", "list_version"]
)
def test_any_edit_of_a_row_breaks_the_chain(field: str) -> None:
    value = make_export()
    edited = {"verdict": "expired", "reason": "autre", "evidence": None}.get(field, 12)
    rows = (replace(value.rows[0], **{field: edited}), value.rows[1])
    with pytest.raises(Malformed):
        journal.decode_export(export_file(replace(value, rows=rows)))


def test_rows_of_every_kind() -> None:
    rows = [make_row(i + 1, kind=kind) for i, kind in enumerate(Kind)]
    bare = make_row(
        4, kid=None, cti=None, seq=None, offer=None, amount=None, saving=None, offset=None, evidence=None
    )
    assert journal.decode_export(export_file(make_export([*rows, bare]))).rows == (*rows, bare)


def test_frames_are_put_together_in_any_order() -> None:
    file = trust_file() * 3
    texts = frames.encode_frames(file)
    assert len(texts) > 2
    assert frames.decode_frames(texts[::-1]) == file
    assert frames.decode_frames((*texts, texts[0])) == file
    assert frames.decode_frames(texts[1:]) is None and frames.decode_frames(()) is None


def test_frames_of_two_files_are_told_apart() -> None:
    first, second = frames.encode_frames(trust_file() * 3), frames.encode_frames(trust_file() * 4)
    with pytest.raises(Malformed):
        frames.decode_frames((first[0], second[1]))
    with pytest.raises(Malformed):
        frames.decode_frames((first[0], first[0][:-3] + "000"))


@pytest.mark.parametrize("size", [0, 23, 24, 255, 256, 65_535, 65_536])
def test_a_payload_of_any_length_keeps_its_shortest_head(size: int) -> None:
    payload = bytes(size)
    kid = claims_kid(ROOTS[0])
    data = cosign.assemble(
        cosign.TRUST, payload, {kid: ROOTS[0].sign(cosign.to_sign(cosign.TRUST, kid, payload))}
    )
    file = cosign.CosignedFile(data, cosign.TRUST, 10**6)
    assert file.open(cosign.Quorum((ROOTS[0].public,), 1)) == payload
    start = len(b"\xd8\x62\x84") + 13 + 1
    for longer in (b"\x58", b"\x59\0", b"\x5a\0\0\0", b"\x5b\0\0\0\0\0\0\0"):
        forged = data[:start] + longer + size.to_bytes(8)[-1:] + data[start + 1 :]
        with pytest.raises(VoucherError):
            cosign.CosignedFile(forged, cosign.TRUST, 10**6)


def test_a_payload_too_long_for_its_head_cannot_be_made() -> None:
    class Endless(bytes):
        def __len__(self) -> int:
            return 2**32

    with pytest.raises(Malformed):
        cosign.assemble(cosign.TRUST, Endless(), {b"kid!": bytes(64)})


def test_newer_versions_say_so() -> None:
    from voucher import cbor

    content = cbor.loads(bundle.encode_bundle(make_bundle()))
    assert isinstance(content, dict)
    for fields in ({1: 2}, {12: None}):
        with pytest.raises(UpdateApp):
            bundle.decode_bundle(cbor.dumps({**content, **fields}))


def test_period_is_an_integer_of_the_wire() -> None:
    value = Claims(NOW, NOW + 1, CTI, 1, 1, Period.WEEK)
    assert encode_claims(value)[-1:] == b"\2"


def test_no_object_can_be_changed_after_it_was_checked() -> None:
    found = {
        value
        for module in pkgutil.iter_modules(voucher.__path__, "voucher.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value)
    }
    assert len(found) >= 14
    for kind in found:
        assert kind.__dataclass_params__.frozen and "__slots__" in vars(kind), kind  # type: ignore[attr-defined]


@pytest.mark.parametrize("keys", [(HOLDER.public, HOLDER.public), (HOLDER.public[:31],), (b"",)])
def test_refuses_a_card_with_keys_doubled_or_cut(keys: tuple[bytes, ...]) -> None:
    value = cbor.loads(bundle.encode_bundle(make_bundle()))
    assert isinstance(value, dict)
    value[9] = list(keys)
    with pytest.raises(Malformed):
        bundle.decode_bundle(cbor.dumps(value))


def test_refuses_a_card_in_a_third_state() -> None:
    value = cbor.loads(bundle.encode_bundle(make_bundle()))
    assert isinstance(value, dict)
    value |= {8: [], 10: 2}
    with pytest.raises(Malformed):
        bundle.decode_bundle(cbor.dumps(value))
