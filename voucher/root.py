"""The root file: who may sign trust lists, and who may sign the next root (trust-v1 §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voucher import cbor, cosign
from voucher.caps import MAX_COSIGNERS, MAX_ROOT, MAX_TIME, MIN_TIME
from voucher.cosign import CosignedFile, Quorum
from voucher.ed25519 import check_key, kid
from voucher.errors import Malformed
from voucher.shape import Fields


@dataclass(frozen=True, slots=True)
class Root:
    """One version of the root of trust.

    Attributes:
        version: 1, 2, 3 … without a gap.
        expires: seconds since 1970; afterwards it verifies its successor and nothing else.
        root: who signs the next root. trust: who signs trust lists. No key is in both.
        demo: keys made for trying; a till built for real refuses them.
        operator: name shown to people, 1..80 characters.
    """

    version: int
    expires: int
    root: Quorum
    trust: Quorum
    demo: bool
    operator: str


def encode_root(root: Root) -> bytes:
    """Return the payload that the root keys sign."""
    return cbor.dumps(
        {
            1: root.version,
            2: root.expires,
            3: root.root.threshold,
            4: sorted(root.root.keys),
            5: root.trust.threshold,
            6: sorted(root.trust.keys),
            7: root.demo,
            8: root.operator,
        }
    )


def signing_input(payload: bytes, public_key: bytes) -> bytes:
    """Return what one root key signs."""
    return cosign.to_sign(cosign.ROOT, kid(public_key), payload)


def assemble(payload: bytes, signatures: Mapping[bytes, bytes]) -> bytes:
    """Return the root file; `signatures` by public key."""
    return cosign.assemble(cosign.ROOT, payload, {kid(key): value for key, value in signatures.items()})


def decode_anchor(data: bytes) -> Root:
    """Read the root compiled into a build: it is trusted as it is, and must still be signed by itself.

    Raises:
        TooBig, Malformed, UnknownKey, BadSignature, BadKey: not a root file that its own keys signed.
    """
    file = CosignedFile(data, cosign.ROOT, MAX_ROOT)
    anchor = _read(file.vouched_for_by_the_build())
    file.open(anchor.root)
    return anchor


def decode_successor(data: bytes, current: Root) -> Root:
    """Verify and read root N+1 with the quorums of N and of itself (trust-v1 §2.1).

    Raises:
        TooBig, Malformed, UnknownKey, BadSignature, BadKey: the first check that fails.
    """
    file = CosignedFile(data, cosign.ROOT, MAX_ROOT)
    successor = _read(file.open(current.root))
    file.open(successor.root)
    if successor.version != current.version + 1 or successor.demo != current.demo:
        raise Malformed("root: not the successor")
    return successor


def _read(payload: bytes) -> Root:
    fields = Fields(cbor.loads(payload), required=range(1, 9))
    root_keys, trust_keys = (_keys(fields.list_of(number, bytes)) for number in (4, 6))
    if set(root_keys) & set(trust_keys):
        raise Malformed("root: one key in two roles")
    return Root(
        version=fields.integer(1, 1, MAX_TIME),
        expires=fields.integer(2, MIN_TIME, MAX_TIME),
        root=Quorum(root_keys, fields.integer(3, 1, MAX_COSIGNERS)),
        trust=Quorum(trust_keys, fields.integer(5, 1, MAX_COSIGNERS)),
        demo=fields.boolean(7),
        operator=fields.text(8, 1, 80),
    )


def _keys(keys: list[bytes]) -> tuple[bytes, ...]:
    if keys != sorted(set(keys)):
        raise Malformed("root: keys not sorted and distinct")
    return tuple(check_key(key) for key in keys)
