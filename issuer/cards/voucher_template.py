"""A voucher's bytes but for what is its holder's own: written once for each kind of person.

The plate is cut from a voucher that `voucher.claims` wrote for a placeholder, so that the format stands there
alone, and its bounds are checked there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from issuer.keys.signer import Signer
from voucher import claims
from voucher.claims import Claims
from voucher.ed25519 import SIGNATURE_SIZE

# No other field can hold these: times begin with 4..ff, the offer is at most four bytes.
_CTI: Final = bytes(range(0x10, 0x20))
_HOLDER: Final = bytes(range(0x20, 0x40))


@dataclass(frozen=True, slots=True)
class Plate:
    """What stands before, between and after cti and holder key, when it is signed and in the voucher."""

    to_sign: bytes
    head: bytes
    between: bytes
    tail: bytes
    end: bytes

    def strike(self, cti: bytes, holder: bytes, signer: Signer) -> bytes:
        """Return the voucher of one holder.

        Args:
            cti: 16 bytes. holder: public key, 32 bytes; empty where the plate is of a bearer voucher.
            signer: the key that the plate was made for.
        """
        own = cti + self.between + holder + self.tail
        return self.head + own + self.end + signer.sign(self.to_sign + own)


def make_plate(said: Claims, key_id: bytes) -> Plate:
    """Make a plate of these claims, their cti and holder aside, for the key with this kid (4 bytes).

    Claims without a holder make a plate of bearer vouchers.
    """
    holder = _HOLDER if said.holder is not None else None
    blank = replace(said, cti=_CTI, holder=holder)
    to_sign, between, tail = _cut(claims.signing_input(blank, key_id), holder)
    head, same_between, rest = _cut(claims.encode_voucher(blank, key_id, bytes(SIGNATURE_SIZE)), holder)
    end = rest[len(tail) : -SIGNATURE_SIZE]
    assert same_between == between and rest.startswith(tail)
    return Plate(to_sign, head, between, tail, end)


def _cut(data: bytes, holder: bytes | None) -> tuple[bytes, bytes, bytes]:
    assert data.count(_CTI) == 1
    head, _, rest = data.partition(_CTI)
    if holder is None:
        return head, b"", rest
    assert data.count(holder) == 1
    between, _, tail = rest.partition(holder)
    return head, between, tail
