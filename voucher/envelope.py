"""COSE_Sign1 (RFC 9052 §4.2) in the one layout that is ours: voucher-v1 §2.1 and §4.1.

An `Envelope` has no readable field: the only way to its payload is `open_with`, which verifies first.
"""

from __future__ import annotations

from typing import Final

from voucher import ed25519
from voucher.errors import BadSignature, Malformed
from voucher.keyring import HEADER_SIZE, Keyring

_TAG_ARRAY: Final = b"\xd2\x84"  # tag 18, array of 4
_EMPTY_MAP: Final = b"\xa0"
_SIGNATURE_HEAD: Final = b"\x58\x40"
MIN_PAYLOAD: Final = 24  # below it CBOR writes the length in the first byte
MAX_PAYLOAD: Final = 255


def to_sign(header: bytes, payload: bytes) -> bytes:
    """Return `["Signature1", header, h'', payload]` (RFC 9052 §4.4) for a payload of 24..255 bytes."""
    return b"\x84\x6aSignature1" + _short(header) + b"\x40\x58" + bytes((len(payload),)) + payload


def assemble(header: bytes, payload: bytes, signature: bytes) -> bytes:
    """Return the object's bytes.

    Raises:
        Malformed: a payload or signature of a length that the layout cannot hold.
    """
    if not MIN_PAYLOAD <= len(payload) <= MAX_PAYLOAD or len(signature) != ed25519.SIGNATURE_SIZE:
        raise Malformed("envelope: length")
    head = _TAG_ARRAY + _short(header) + _EMPTY_MAP
    return head + b"\x58" + bytes((len(payload),)) + payload + _SIGNATURE_HEAD + signature


class Envelope:
    """An object whose signature has not been checked."""

    __slots__ = ("_header", "_payload", "_signature")

    def __init__(self, data: bytes, header_size: int = HEADER_SIZE) -> None:
        """Split bytes of the fixed layout; `header_size` is 9 for a voucher, 3 for a presentation.

        Raises:
            Malformed: any byte of the layout is another, or the length does not come out even.
        """
        start = 3 + header_size  # tag, array, header's head
        size = int.from_bytes(data[start + 2 : start + 3])
        end = start + 3 + size
        fixed = _TAG_ARRAY + bytes((0x40 + header_size,)), _EMPTY_MAP + b"\x58", _SIGNATURE_HEAD
        if (
            size < MIN_PAYLOAD
            or len(data) != end + 2 + ed25519.SIGNATURE_SIZE
            or (data[:3], data[start : start + 2], data[end : end + 2]) != fixed
        ):
            raise Malformed("envelope: layout")
        self._header = data[3:start]
        self._payload = data[start + 3 : end]
        self._signature = data[end + 2 :]

    def open(self, keyring: Keyring) -> tuple[bytes, bytes]:
        """Return (public key, payload) once the signature holds under a trusted key.

        Raises:
            UnknownKey: the header is not in the keyring.
            BadSignature: it is, and the signature does not hold.
        """
        key = keyring.find(self._header)
        return key, self.open_with(key, self._header)

    def open_with(self, key: bytes, header: bytes) -> bytes:
        """Return the payload once the header is exactly `header` and the signature holds under `key`.

        Raises:
            Malformed: another header.
            BadSignature: the signature does not hold.
        """
        if self._header != header:
            raise Malformed("envelope: header")
        if not ed25519.verify(key, to_sign(header, self._payload), self._signature):
            raise BadSignature("the signature does not hold")
        return self._payload


def _short(data: bytes) -> bytes:
    return bytes((0x40 + len(data),)) + data
