"""The live proof that the holder's phone shows: voucher-v1 §4."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from voucher import uint
from voucher.caps import MAX_CHALLENGE, MAX_SEQ, MIN_TIME
from voucher.claims import Voucher, decode_voucher
from voucher.envelope import MIN_PAYLOAD, Envelope, assemble, to_sign
from voucher.errors import Malformed
from voucher.keyring import Keyring

HEADER: Final = b"\xa1\x01\x32"  # {1: -19}: the key is the one inside the voucher
_CONTENT: Final = 9  # where the content starts: d2 84 43 a1 01 32 a0 58 n
_VOUCHER: Final = 3  # where the voucher starts in the content: 83|84 58 v


@dataclass(frozen=True, slots=True)
class Presentation:
    """A presentation whose two signatures hold.

    Attributes:
        voucher: the voucher inside.
        timestamp: the phone's time when it was signed, seconds since 1970.
        seq: counter of this voucher on this phone, 1..2^32−1.
        challenge: what the person typed, 0..9999, or None.
        voucher_bytes: the voucher as it stood inside.
    """

    voucher: Voucher
    timestamp: int
    seq: int
    challenge: int | None
    voucher_bytes: bytes


def encode_content(voucher: bytes, timestamp: int, seq: int, challenge: int | None = None) -> bytes:
    """Return the content that the holder signs.

    Raises:
        Malformed: a time, counter, challenge or voucher out of bounds.
    """
    if not MIN_PAYLOAD <= len(voucher) <= 255 or not MIN_TIME <= timestamp < 2**32:
        raise Malformed("presentation: voucher or time")
    if not 1 <= seq <= MAX_SEQ or (challenge is not None and not 0 <= challenge <= MAX_CHALLENGE):
        raise Malformed("presentation: counter or challenge")
    count = b"\x83" if challenge is None else b"\x84"
    answer = b"" if challenge is None else uint.encode(challenge)
    head = b"\x58" + bytes((len(voucher),))
    return count + head + voucher + b"\x1a" + struct.pack(">I", timestamp) + uint.encode(seq) + answer


def signing_input(content: bytes) -> bytes:
    """Return the bytes that the holder's key signs."""
    return to_sign(HEADER, content)


def encode_presentation(content: bytes, signature: bytes) -> bytes:
    """Return the presentation's bytes from its content and the signature over `signing_input`."""
    return assemble(HEADER, content, signature)


def decode_presentation(data: bytes, keyring: Keyring) -> Presentation:
    """Verify the voucher, then the presentation, then read it: the order of voucher-v1 §4.3.

    Raises:
        Malformed, UnknownKey, BadSignature, UpdateApp: the first check that fails.
    """
    envelope = Envelope(data, header_size=len(HEADER))
    if data[3 : 3 + len(HEADER)] != HEADER:
        raise Malformed("presentation: header")
    voucher_bytes = _inner_voucher(data)
    voucher = decode_voucher(voucher_bytes, keyring)
    holder = voucher.claims.holder
    if holder is None:
        raise Malformed("presentation of a bearer voucher")
    content = envelope.open_with(holder, HEADER)
    timestamp, seq, challenge = _read_rest(
        content[_VOUCHER + len(voucher_bytes) :], challenged=content[0] == 0x84
    )
    return Presentation(voucher, timestamp, seq, challenge, voucher_bytes)


def _inner_voucher(data: bytes) -> bytes:
    """Cut the voucher out of a presentation of the right layout: it verifies by itself or nothing is read."""
    content = data[_CONTENT : _CONTENT + data[_CONTENT - 1]]
    end = _VOUCHER + content[2]
    if content[:2] not in (b"\x83\x58", b"\x84\x58") or end > len(content):
        raise Malformed("presentation: layout")
    return content[_VOUCHER:end]


def _read_rest(rest: bytes, *, challenged: bool) -> tuple[int, int, int | None]:
    """Read ts, seq and challenge from what follows the voucher in content whose signature holds.

    In its shortest form no time from MIN_TIME on has another head than `1a`.
    """
    timestamp, rest = uint.decode(rest)
    seq, rest = uint.decode(rest)
    challenge = None
    if challenged:
        challenge, rest = uint.decode(rest)
    over = challenge is not None and challenge > MAX_CHALLENGE
    if rest or timestamp < MIN_TIME or seq < 1 or over:
        raise Malformed("presentation: bounds")
    return timestamp, seq, challenge
