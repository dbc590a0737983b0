"""What a row's evidence says, looked at by its layout alone: no signature is checked here.

Ten million rows have ten million presentations. A finding's evidence is verified when it is proved
(`proof`); for all others it is enough to know that it has the form of this very use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from voucher.claims import Period

# voucher-v1 §2 and §4 in one expression each: every integer in its shortest form.
_UINT: Final = rb"[\x00-\x17]|\x18[\x18-\xff]|\x19[\x01-\xff].|\x1a(?!\x00\x00).{4}"
_VOUCHER: Final = (
    rb"\xd2\x84\x49\xa2\x01\x32\x04\x44(.{4})\xa0\x58."  # issuing key
    rb"(?:\xa4|\xa5)\x04\x1a(.{4})\x05\x1a(.{4})\x07\x50(.{16})"  # exp, nbf, cti
    rb"(\x08\xa1\x01\xa3\x01\x01\x20\x06\x21\x58\x20.{32})?"  # holder
    rb"\x3a\x00\x01\x00\x00\x83(" + _UINT + rb")([\x00-\x17]|\x18[\x18-\xff])([\x00-\x03])"
    rb"\x58\x40.{64}"
)
_BEARER: Final = re.compile(rb"(?s)" + _VOUCHER)
_PRESENTATION: Final = re.compile(
    rb"(?s)\xd2\x84\x43\xa1\x01\x32\xa0\x58.(?:\x83|(\x84))\x58."
    + _VOUCHER
    + rb"\x1a(.{4})("
    + _UINT
    + rb")(?(1)(?:"
    + _UINT
    + rb"))\x58\x40.{64}"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What evidence says. Times in seconds since 1970.

    Attributes:
        uses, period: the voucher's limit. seq, timestamp: of the presentation, None for paper.
        live: whether its own clock must show that it is live (no challenge was answered).
        bearer: whether the voucher has no holder.
    """

    kid: bytes
    cti: bytes
    offer: int
    not_before: int
    expires: int
    uses: int
    period: int
    bearer: bool
    seq: int | None
    timestamp: int | None
    live: bool


def look(evidence: bytes) -> Shown | None:
    """Return what evidence says if it has the layout of a presentation or of a bearer voucher."""
    match = _PRESENTATION.fullmatch(evidence)
    if match is not None:
        answered, kid, expires, start, cti, holder, offer, uses, period, at, seq = match.groups()
        seen, shown, live = int.from_bytes(seq[1:] or seq), int.from_bytes(at), answered is None
    else:
        match = _BEARER.fullmatch(evidence)
        if match is None:
            return None
        kid, expires, start, cti, holder, offer, uses, period = match.groups()
        seen, shown, live = None, None, False
    return Shown(
        kid,
        cti,
        int.from_bytes(offer[1:] or offer),
        int.from_bytes(start),
        int.from_bytes(expires),
        uses[-1],
        Period(period[0]),
        holder is None,
        seen,
        shown,
        live,
    )
