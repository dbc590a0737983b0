"""What makes a device a till of one partner: its name, and the key of its short codes (trust-v1 §8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from voucher import base45, cbor, cosign
from voucher.caps import MAX_PAIRING, MAX_PAIRING_TEXT, MAX_TIME, MIN_TIME
from voucher.cosign import CosignedFile
from voucher.ed25519 import kid
from voucher.errors import Malformed, NotOurs
from voucher.root import Root
from voucher.shape import Fields
from voucher.short_code import KEY_SIZE

PREFIX: Final = "CJS1:"


@dataclass(frozen=True, slots=True)
class Pairing:
    """One partner's pairing. Secret: whoever has it can make this partner's short codes.

    Attributes:
        issued: seconds since 1970.
        short_key: 32 bytes (voucher-v1 §6).
    """

    issued: int
    demo: bool
    partner: str
    partner_name: str
    short_key: bytes = field(repr=False)


def encode_pairing(pairing: Pairing) -> bytes:
    """Return the payload that the trust keys sign."""
    return cbor.dumps(
        {
            1: pairing.issued,
            2: pairing.demo,
            3: pairing.partner,
            4: pairing.partner_name,
            5: pairing.short_key,
        }
    )


def signing_input(payload: bytes, public_key: bytes) -> bytes:
    """Return what one trust key signs."""
    return cosign.to_sign(cosign.PAIRING, kid(public_key), payload)


def assemble(payload: bytes, signatures: Mapping[bytes, bytes]) -> str:
    """Return the text, for a QR or to be pasted; `signatures` by public key."""
    named = {kid(key): value for key, value in signatures.items()}
    return PREFIX + base45.encode(cosign.assemble(cosign.PAIRING, payload, named))


def decode_pairing(text: str, root: Root) -> Pairing:
    """Verify a pairing under a root's trust quorum, then read it.

    Raises:
        NotOurs, Malformed, TooBig, UnknownKey, BadSignature, UpdateApp: the first check that fails.
    """
    if not text.startswith(PREFIX):
        raise NotOurs("not a pairing")
    if len(text) > MAX_PAIRING_TEXT:
        raise Malformed("text over its cap")
    data = base45.decode(text[len(PREFIX) :])
    payload = CosignedFile(data, cosign.PAIRING, MAX_PAIRING).open(root.trust)
    fields = Fields(cbor.loads(payload), required=range(1, 6))
    return Pairing(
        issued=fields.integer(1, MIN_TIME, MAX_TIME),
        demo=fields.boolean(2),
        partner=fields.slug(3),
        partner_name=fields.text(4, 1, 80),
        short_key=fields.data(5, KEY_SIZE, KEY_SIZE),
    )
