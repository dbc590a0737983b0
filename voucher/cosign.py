"""COSE_Sign (RFC 9052 §4.1) in the one layout of our trust files (trust-v1 §1): several keys, one payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from voucher import ed25519
from voucher.caps import MAX_COSIGNERS
from voucher.errors import BadSignature, Malformed, TooBig, UnknownKey
from voucher.keyring import HEADER_SIZE, Keyring, protected_header

ROOT: Final = "cje-root"
TRUST: Final = "cje-trust"
PAIRING: Final = "cje-pairing"

_TAG_ARRAY: Final = b"\xd8\x62\x84"  # tag 98, array of 4
_EMPTY_MAP: Final = b"\xa0"
_COSIGNER: Final = b"\x83" + bytes((0x40 + HEADER_SIZE,))
_COSIGNER_SIZE: Final = 2 + HEADER_SIZE + 1 + 2 + ed25519.SIGNATURE_SIZE
_SIGNATURE_HEAD: Final = b"\x58\x40"


def to_sign(kind: str, key_id: bytes, payload: bytes) -> bytes:
    """Return the Sig_structure `["Signature", body, cosigner, h'', payload]` of RFC 9052 §4.4."""
    header = protected_header(key_id)
    context = b"\x85\x69Signature" + _bstr(_body(kind)) + _bstr(header) + b"\x40"
    return context + _bstr(payload)


def assemble(kind: str, payload: bytes, signatures: Mapping[bytes, bytes]) -> bytes:
    """Return the file from its payload and the signatures by kid (4 bytes), 1..5 of them.

    Raises:
        Malformed: too few or too many, or a kid or signature of another length.
    """
    if not 1 <= len(signatures) <= MAX_COSIGNERS:
        raise Malformed("1 to 5 cosigners")
    if any(len(k) != 4 or len(s) != ed25519.SIGNATURE_SIZE for k, s in signatures.items()):
        raise Malformed("cosigner's length")
    cosigners = b"".join(
        _COSIGNER + protected_header(key_id) + _EMPTY_MAP + _SIGNATURE_HEAD + signature
        for key_id, signature in sorted(signatures.items())
    )
    count = bytes((0x80 + len(signatures),))
    return _TAG_ARRAY + _bstr(_body(kind)) + _EMPTY_MAP + _bstr(payload) + count + cosigners


@dataclass(frozen=True, slots=True)
class Quorum:
    """Which keys may sign, and how many different ones must: 1 <= threshold <= len(keys) <= 5."""

    keys: tuple[bytes, ...]
    threshold: int

    def __post_init__(self) -> None:
        distinct = len(set(self.keys)) == len(self.keys) <= MAX_COSIGNERS
        if not distinct or not 1 <= self.threshold <= len(self.keys):
            raise Malformed("quorum: threshold or keys")


class CosignedFile:
    """A trust file whose signatures have not been checked: no readable field."""

    __slots__ = ("_cosigners", "_kind", "_payload")

    def __init__(self, data: bytes, kind: str, cap: int) -> None:
        """Split a file of the fixed layout.

        Raises:
            TooBig: longer than `cap` bytes; nothing of it is looked at.
            Malformed: another kind, another layout, cosigners out of order, trailing bytes.
        """
        if len(data) > cap:
            raise TooBig(f"{len(data)} bytes, at most {cap}")
        head = _TAG_ARRAY + _bstr(_body(kind)) + _EMPTY_MAP
        if not data.startswith(head):
            raise Malformed("trust file: kind or layout")
        self._kind = kind
        self._payload, rest = _read_bstr(data[len(head) :])
        self._cosigners = _read_cosigners(rest)

    def open(self, quorum: Quorum) -> bytes:
        """Return the payload once the quorum has signed it.

        Raises:
            UnknownKey: fewer known cosigners than a threshold.
            BadSignature: a known cosigner's signature does not hold.
        """
        if self._count(quorum) < quorum.threshold:
            raise UnknownKey("trust file: not enough trusted signatures")
        return self._payload

    def vouched_for_by_the_build(self) -> bytes:
        """Return the anchor's payload: a build carries it inside itself; nothing else may skip its quorum."""
        return self._payload

    def _count(self, quorum: Quorum) -> int:
        keyring = Keyring(quorum.keys)
        count = 0
        for header, signature in self._cosigners:
            try:
                key = keyring.find(header)
            except UnknownKey:
                continue
            if not ed25519.verify(key, to_sign(self._kind, header[-4:], self._payload), signature):
                raise BadSignature("trust file: a cosigner's signature does not hold")
            count += 1
        return count


def _body(kind: str) -> bytes:
    """The body's protected header `{16: kind}` (typ, RFC 9596), so that one kind of file is never another."""
    return b"\xa1\x10" + bytes((0x60 + len(kind),)) + kind.encode("ascii")


def _read_cosigners(data: bytes) -> list[tuple[bytes, bytes]]:
    count = len(data) // _COSIGNER_SIZE
    whole = len(data) == 1 + count * _COSIGNER_SIZE and data[:1] == bytes((0x80 + count,))
    if not 1 <= count <= MAX_COSIGNERS or not whole:
        raise Malformed("trust file: cosigners")
    rows = [data[i : i + _COSIGNER_SIZE] for i in range(1, len(data), _COSIGNER_SIZE)]
    found: list[tuple[bytes, bytes]] = []
    for row in rows:
        header, signature = row[2 : 2 + HEADER_SIZE], row[-ed25519.SIGNATURE_SIZE :]
        if row != _COSIGNER + header + _EMPTY_MAP + _SIGNATURE_HEAD + signature:
            raise Malformed("trust file: cosigner's layout")
        if header != protected_header(header[-4:]) or (found and header <= found[-1][0]):
            raise Malformed("trust file: cosigners' order")
        found.append((header, signature))
    return found


def _bstr(data: bytes) -> bytes:
    """A byte string of up to 2^32−1 bytes with its shortest head (RFC 8949 §4.2.1)."""
    size = len(data)
    if size < 24:
        return bytes((0x40 + size,)) + data
    for head, width in ((0x58, 1), (0x59, 2), (0x5A, 4)):
        if size < 1 << (8 * width):
            return bytes((head,)) + size.to_bytes(width) + data
    raise Malformed("byte string too long")


def _read_bstr(data: bytes) -> tuple[bytes, bytes]:
    """Read one byte string with its shortest head from the front; return it and the rest."""
    first = int.from_bytes(data[:1])
    width = {0x58: 1, 0x59: 2, 0x5A: 4}.get(first, 0)
    size = int.from_bytes(data[1 : 1 + width]) if width else first - 0x40
    start = 1 + width
    value = data[start : start + max(size, 0)]
    end = start + len(value)
    # Written again it differs when it ends early, is no byte string, or has a longer head than it needs.
    if _bstr(value) != data[:end]:
        raise Malformed("trust file: payload")
    return value, data[end:]
