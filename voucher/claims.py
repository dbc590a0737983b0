"""What a voucher says (voucher-v1 §2), read only from a payload whose signature holds."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from voucher import cbor, uint
from voucher.caps import MAX_OFFER, MAX_TIME, MAX_USES, MAX_VALIDITY, MIN_TIME
from voucher.envelope import Envelope, assemble, to_sign
from voucher.errors import Malformed, UpdateApp
from voucher.keyring import Keyring, protected_header

TERMS: Final = -65537  # our private-use claim: [offer, uses, period]
CTI_SIZE: Final = 16
HOLDER_SIZE: Final = 32

# The whole payload in its one byte form: each integer of the terms in its shortest.
_LAYOUT: Final = re.compile(
    rb"(?s)(?:\xa4|(\xa5))\x04\x1a(.{4})\x05\x1a(.{4})\x07\x50(.{16})"  # with holder?, exp, nbf, cti
    rb"(?(1)\x08\xa1\x01\xa3\x01\x01\x20\x06\x21\x58\x20(.{32}))"  # holder
    rb"\x3a\x00\x01\x00\x00\x83"
    rb"([\x00-\x17]|\x18[\x18-\xff]|\x19[\x01-\xff].|\x1a(?!\x00\x00).{4})"  # offer
    rb"([\x00-\x17]|\x18[\x18-\xff])([\x00-\x03])"  # uses, period
)
_CNF: Final = b"\x08\xa1\x01\xa3\x01\x01\x20\x06\x21\x58\x20"
_TERMS: Final = b"\x3a\x00\x01\x00\x00\x83"


class Period(IntEnum):
    """How long `uses` counts, in Europe/Paris (voucher-v1 §2.3)."""

    TOTAL = 0
    DAY = 1
    WEEK = 2
    MONTH = 3


_PERIODS: Final = tuple(Period)  # a third of the time that calling the enumeration takes


@dataclass(frozen=True, slots=True)
class Claims:
    """One voucher's content.

    Attributes:
        not_before, expires: seconds since 1970; valid while not_before <= now < expires.
        cti: the voucher's id, 16 bytes.
        offer: number of the offer, 1..2^32−1.
        uses: redemptions in each period, 1..255; 0 without limit.
        period: what `uses` counts in.
        holder: the holder's Ed25519 public key, 32 bytes; None for a bearer voucher.
    """

    not_before: int
    expires: int
    cti: bytes
    offer: int
    uses: int
    period: Period
    holder: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what the specification does not allow.

        Raises:
            Malformed: a field out of its bounds.
        """
        if not MIN_TIME <= self.not_before < self.expires <= MAX_TIME:
            raise Malformed("claims: times")
        if self.expires - self.not_before > MAX_VALIDITY:
            raise Malformed("claims: valid for more than 400 days")
        if not 1 <= self.offer <= MAX_OFFER or not 0 <= self.uses <= MAX_USES:
            raise Malformed("claims: offer or uses")
        if self.uses == 0 and self.period is not Period.TOTAL:
            raise Malformed("claims: a period without a limit")
        if len(self.cti) != CTI_SIZE or (self.holder is not None and len(self.holder) != HOLDER_SIZE):
            raise Malformed("claims: length")


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher whose signature holds: its claims and the issuing key (32 bytes) that signed them."""

    claims: Claims
    key: bytes


def encode_claims(claims: Claims) -> bytes:
    """Return the payload's bytes, 46..90 of them, in their one form."""
    cnf = b"" if claims.holder is None else _CNF + claims.holder
    return b"".join(
        (
            b"\xa4" if claims.holder is None else b"\xa5",
            b"\x04\x1a" + struct.pack(">I", claims.expires),
            b"\x05\x1a" + struct.pack(">I", claims.not_before),
            b"\x07\x50" + claims.cti,
            cnf,
            _TERMS,
            uint.encode(claims.offer) + uint.encode(claims.uses) + uint.encode(claims.period),
        )
    )


def decode_claims(payload: bytes) -> Claims:
    """Read a payload whose signature holds.

    Raises:
        UpdateApp: strict CBOR with claims that this version does not know.
        Malformed: not in its one byte form, or out of bounds.
    """
    match = _LAYOUT.fullmatch(payload)
    if match is None:
        raise _not_version_1(payload)
    _, expires, not_before, cti, holder, offer, uses, period = match.groups()
    return Claims(
        not_before=int.from_bytes(not_before),
        expires=int.from_bytes(expires),
        cti=cti,
        offer=int.from_bytes(offer[1:] or offer),
        uses=uses[-1],
        period=_PERIODS[period[0]],
        holder=holder,
    )


def signing_input(claims: Claims, key_id: bytes) -> bytes:
    """Return the bytes that an issuing key with identifier `key_id` (4 bytes) signs."""
    return to_sign(protected_header(key_id), encode_claims(claims))


def encode_voucher(claims: Claims, key_id: bytes, signature: bytes) -> bytes:
    """Return the voucher's bytes from its claims and the signature over `signing_input`."""
    return assemble(protected_header(key_id), encode_claims(claims), signature)


def decode_voucher(data: bytes, keyring: Keyring) -> Voucher:
    """Verify, then read, a voucher's bytes, in the order of voucher-v1 §3.

    Raises:
        Malformed, UnknownKey, BadSignature, UpdateApp: the first check that fails.
    """
    key, payload = Envelope(data).open(keyring)
    return Voucher(decode_claims(payload), key)


def _not_version_1(payload: bytes) -> UpdateApp | Malformed:
    """Tell a newer voucher from a wrong one: a signed map that has our claims and others is newer."""
    try:
        value = cbor.loads(payload)
    except Malformed as error:
        return error
    if isinstance(value, dict) and {4, 5, 7, TERMS} < value.keys() - {8}:
        return UpdateApp("a claim of a newer version")
    return Malformed("claims: shape")
