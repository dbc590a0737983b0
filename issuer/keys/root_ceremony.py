"""Making the root: who may sign trust lists, under two of three keys kept apart (trust-v1 §2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from issuer.keys.signer import Signer
from voucher import root
from voucher.cosign import Quorum
from voucher.root import Root

THRESHOLD: Final = 2
LIFE: Final = 730 * 86_400  # two years: long enough to outlive a budget, short enough to rehearse


def first_root(roots: Sequence[Signer], trust: bytes, operator: str, demo: bool, now: int) -> bytes:
    """Return root 1, signed by as many root keys as its threshold asks for."""
    described = Root(
        version=1,
        expires=now + LIFE,
        root=Quorum(tuple(sorted(signer.public_key for signer in roots)), THRESHOLD),
        trust=Quorum((trust,), 1),
        demo=demo,
        operator=operator,
    )
    return sign_root(described, roots[:THRESHOLD])


def next_root(current: Root, roots: Sequence[Signer], trust: bytes, now: int) -> bytes:
    """Return the root after `current`, with the same root keys and this trust key, signed by `roots`."""
    quorum = Quorum((trust,), 1)
    described = replace(current, version=current.version + 1, expires=now + LIFE, trust=quorum)
    return sign_root(described, roots)


def sign_root(described: Root, signers: Sequence[Signer]) -> bytes:
    """Return the file of a root, signed by each of `signers`."""
    payload = root.encode_root(described)
    signatures = {s.public_key: s.sign(root.signing_input(payload, s.public_key)) for s in signers}
    return root.assemble(payload, signatures)
