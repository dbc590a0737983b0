"""P12: each root is signed by the one before and by itself; nothing skipped, forked or used again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from wire_world import ROOTS, TRUSTS, Signer, make_root, make_trust, quorum, root_file, trust_file

from voucher import root, trust
from voucher.errors import BadSignature, Malformed, UnknownKey, VoucherError
from voucher.root import Root


def generation(n: int) -> tuple[Signer, ...]:
    """Three root keys; one changes with each generation."""
    return tuple(Signer.named(f"generation {n + i}") for i in range(3))


def chained(n: int) -> Root:
    return make_root(n, root=quorum(generation(n), 2))


def rotated(n: int) -> bytes:
    """Root n, signed by all keys of n and of n−1."""
    signers: Sequence[Signer] = tuple(dict.fromkeys((*generation(n), *generation(n - 1))))
    return root_file(chained(n), signers)


@pytest.mark.promise("P12")
def test_walks_a_chain_of_ten() -> None:
    current = root.decode_anchor(root_file(chained(1), generation(1)))
    for n in range(2, 11):
        current = root.decode_successor(rotated(n), current)
        assert current == chained(n)
    assert not set(current.root.keys) & set(chained(1).root.keys)


@pytest.mark.promise("P12")
@pytest.mark.parametrize("step", [-1, 0, 2, 3])
def test_refuses_to_skip_or_to_go_back(step: int) -> None:
    current = chained(5)
    signers = tuple(dict.fromkeys((*generation(5), *generation(5 + step))))
    with pytest.raises(Malformed):
        root.decode_successor(root_file(chained(5 + step), signers), current)


@pytest.mark.promise("P12")
def test_refuses_a_root_signed_by_one_side_only() -> None:
    new = make_root(2, root=quorum(ROOTS[3:], 2))
    for signers in (ROOTS[:3], ROOTS[3:], (ROOTS[0], *ROOTS[3:]), (*ROOTS[:2], ROOTS[3])):
        with pytest.raises(UnknownKey):
            root.decode_successor(root_file(new, signers), make_root())
    root.decode_successor(root_file(new, (*ROOTS[:2], *ROOTS[3:])), make_root())


@pytest.mark.promise("P12")
def test_one_stolen_key_of_three_signs_nothing() -> None:
    evil = make_root(2, root=quorum([ROOTS[0], Signer.named("evil")], 1))
    with pytest.raises(UnknownKey):
        root.decode_successor(root_file(evil, (ROOTS[0], Signer.named("evil"))), make_root())


@pytest.mark.promise("P12")
def test_a_signature_of_the_old_root_is_not_one_of_the_new() -> None:
    """Reuse: the cosigners of root 1 under the payload of root 2."""
    first, payload = root_file(), root.encode_root(make_root(2))
    signatures = {signer.public: first[-78 * i :][14:78] for i, signer in ((2, ROOTS[0]), (1, ROOTS[1]))}
    with pytest.raises(BadSignature):
        root.decode_successor(root.assemble(payload, signatures), make_root())


@pytest.mark.promise("P12")
def test_a_revoked_trust_key_signs_no_more() -> None:
    new = make_root(2, trust=quorum(TRUSTS[1:], 1))
    file = trust_file(make_trust(), TRUSTS[:1])
    trust.decode_trust(file, make_root())
    with pytest.raises(UnknownKey):
        trust.decode_trust(file, new)


@pytest.mark.promise("P12")
def test_no_key_has_two_roles() -> None:
    with pytest.raises(Malformed):
        root.decode_anchor(root_file(make_root(trust=quorum(ROOTS[:1], 1))))


def test_an_anchor_must_be_signed_by_itself() -> None:
    with pytest.raises(UnknownKey):
        root.decode_anchor(root_file(signers=ROOTS[:1]))
    with pytest.raises(VoucherError):
        root.decode_anchor(root_file()[:-1])


@pytest.mark.parametrize("count", [0, 6])
def test_one_to_five_cosigners(count: int) -> None:
    signers = [Signer.named(f"many {n}") for n in range(count)]
    with pytest.raises(Malformed):
        root_file(signers=signers)


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(65)])
def test_a_cosigner_signs_with_64_bytes(signature: bytes) -> None:
    with pytest.raises(Malformed):
        root.assemble(root.encode_root(make_root()), {ROOTS[0].public: signature})
