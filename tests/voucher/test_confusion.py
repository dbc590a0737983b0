"""P5: no signed object is taken for another. Every object in every reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from wire_world import (
    CODE,
    ISSUER,
    ROOTS,
    TILL,
    TRUSTS,
    export_file,
    make_bundle,
    make_claims,
    make_root,
    make_trust,
    presentation_of,
    root_file,
    sealed,
    trust_file,
    voucher_of,
)

from voucher import bundle, cosign, frames, journal, root, trust
from voucher.claims import decode_voucher
from voucher.errors import VoucherError
from voucher.keyring import Keyring
from voucher.presentation import decode_presentation

# Every key of the project is trusted for everything: only the kinds keep the objects apart.
ALL_KEYS = Keyring({s.public for s in (*ROOTS, *TRUSTS, ISSUER, TILL)})


def opened(data: bytes) -> object:
    from issuer.cards.seal import open_sealed

    return open_sealed(data, CODE)


OBJECTS: dict[str, bytes] = {
    "voucher": voucher_of(),
    "bearer voucher": voucher_of(make_claims(holder=None)),
    "presentation": presentation_of(),
    "root": root_file(signers=ROOTS[:3]),
    "next root": root_file(make_root(2)),
    "trust list": trust_file(),
    "export": export_file(),
    "bundle": sealed(bundle.encode_bundle(make_bundle())),
}
READERS: dict[str, tuple[Callable[[bytes], object], set[str]]] = {
    "voucher": (lambda data: decode_voucher(data, ALL_KEYS), {"voucher", "bearer voucher"}),
    "presentation": (lambda data: decode_presentation(data, ALL_KEYS), {"presentation"}),
    "anchor": (root.decode_anchor, {"root", "next root"}),
    "successor": (lambda data: root.decode_successor(data, make_root()), {"next root"}),
    "trust": (lambda data: trust.decode_trust(data, make_root()), {"trust list"}),
    "export": (journal.decode_export, {"export"}),
    "bundle": (opened, {"bundle"}),
}


@pytest.mark.promise("P5")
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", OBJECTS)
def test_an_object_opens_in_its_own_reader_only(reader: str, kind: str) -> None:
    read, own = READERS[reader]
    if kind in own:
        read(OBJECTS[kind])
    else:
        with pytest.raises(VoucherError):
            read(OBJECTS[kind])


@pytest.mark.promise("P5")
@pytest.mark.parametrize("kind", OBJECTS)
def test_an_object_in_frames_stays_what_it_is(kind: str) -> None:
    assert frames.decode_frames(frames.encode_frames(OBJECTS[kind])) == OBJECTS[kind]


@pytest.mark.promise("P5")
def test_one_kind_of_file_signed_by_the_keys_of_the_other_is_no_file() -> None:
    """The kind is inside what is signed: the same payload and keys under the other kind do not verify."""
    payload = root.encode_root(make_root())
    signatures = {s.public: s.sign(cosign.to_sign(cosign.TRUST, _kid(s.public), payload)) for s in ROOTS[:2]}
    with pytest.raises(VoucherError) as caught:
        root.decode_anchor(root.assemble(payload, signatures))
    assert caught.value.code == "bad_signature"


@pytest.mark.promise("P5")
def test_signed_structures_of_all_kinds_start_differently() -> None:
    """No message signed for one kind can be a message of another, whatever its payload."""
    from voucher import claims, presentation

    payload = bytes(100)
    starts = {
        "voucher": claims.signing_input(make_claims(), b"kid!")[:20],
        "presentation": presentation.signing_input(payload)[:20],
        "root": cosign.to_sign(cosign.ROOT, b"kid!", payload)[:25],
        "trust": cosign.to_sign(cosign.TRUST, b"kid!", payload)[:25],
        "export": journal.signing_input(payload, TILL.public)[:20],
    }
    found = list(starts.values())
    assert not [
        (a, b) for i, a in enumerate(found) for b in found[i + 1 :] if a.startswith(b) or b.startswith(a)
    ]


@pytest.mark.promise("P9")
def test_parts_of_two_lists_never_make_a_third() -> None:
    """Payload, signatures and every half of two honest lists, spliced: none is a list."""
    first, second = trust_file(make_trust(5)), trust_file(make_trust(6, revoked=()))
    cosigner = 79  # array of one, and its only row
    spliced = [first[:-cosigner] + second[-cosigner:], second[:-cosigner] + first[-cosigner:]]
    spliced += [first[:at] + second[at - len(first) :] for at in range(30, len(first), 7)]
    for data in spliced:
        if data in (first, second):
            continue
        with pytest.raises(VoucherError):
            trust.decode_trust(data, make_root())


def _kid(key: bytes) -> bytes:
    from voucher.ed25519 import kid

    return kid(key)
