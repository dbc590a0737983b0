"""Signatures at the edges of Ed25519, made here, on which engines without a common rule differ.

Every key and every first half of a signature (R) is a multiple of the base point plus one of the eight points
whose order divides 8, in each encoding that a careless decoder reads. S solves the equation times eight, so
that an engine which multiplies by the cofactor accepts all of them unless it refuses an encoding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from nacl import bindings

L: Final = 2**252 + 27742317777372353535851937790883648493
P: Final = 2**255 - 19
_SIGN: Final = 1 << 255
_ORDER_8: Final = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
_ZERO: Final = (1).to_bytes(32, "little")


@dataclass(frozen=True)
class Case:
    """One signature; `honest` when a good signer may have made it, as nothing about it is unusual."""

    key: bytes
    message: bytes
    signature: bytes
    honest: bool


@dataclass(frozen=True)
class Point:
    """`scalar` × base + `torsion` × a point of order 8, in one of its encodings."""

    scalar: int
    torsion: int
    canonical: bytes
    encoded: bytes

    @property
    def plain(self) -> bool:
        return self.scalar != 0 and self.torsion == 0 and self.canonical == self.encoded


def _scalar(name: str) -> int:
    return int.from_bytes(hashlib.sha512(f"ed25519 edges: {name}".encode()).digest(), "little") % L


def _torsion(times: int) -> bytes:
    found = _ZERO
    for _ in range(times):
        found = bindings.crypto_core_ed25519_add(found, _ORDER_8)
    return found


def _other_encodings(point: bytes) -> Iterator[bytes]:
    """Yield what a decoder that does not compare reads as this point: y + p, and −0 for x."""
    y, sign = int.from_bytes(point, "little") % _SIGN, int.from_bytes(point, "little") & _SIGN
    signs = (0, _SIGN) if y in (1, P - 1) else (sign,)
    for written in (y, y + P):
        for bit in signs if written < _SIGN else ():
            if (encoding := (written | bit).to_bytes(32, "little")) != point:
                yield encoding


def _points(name: str) -> Iterator[Point]:
    """Yield all of small order in each encoding, then one of each mixed order and four of prime order."""
    for times in range(8):
        small = _torsion(times)
        for encoding in (small, *_other_encodings(small)):
            yield Point(0, times, small, encoding)
    for number in range(11):
        times, scalar = number % 8 if number < 8 else 0, _scalar(f"{name} {number}")
        base = bindings.crypto_scalarmult_ed25519_base_noclamp(scalar.to_bytes(32, "little"))
        mixed = bindings.crypto_core_ed25519_add(base, _torsion(times))
        yield Point(scalar, times, mixed, mixed)


def _challenge(r: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L


def _signed(key: Point, r: Point, message: bytes, k: int, extra: int = 0) -> Case:
    s = (r.scalar + k * key.scalar) % L + extra * L
    honest = key.plain and r.plain and extra == 0
    return Case(key.encoded, message, r.encoded + s.to_bytes(32, "little"), honest)


def _of(key: Point, r: Point) -> Iterator[Case]:
    """Yield a signature that holds without the cofactor, one that does not, and some that are never right."""
    seen: set[bool] = set()
    for number in range(64):
        message = f"edge {number}".encode()
        k = _challenge(r.encoded, key.encoded, message)
        if (holds := (r.torsion + k * key.torsion) % 8 == 0) in seen:
            continue
        seen.add(holds)
        yield _signed(key, r, message, k)
        if holds and key.scalar and r.scalar:
            yield _signed(key, r, message, k, extra=1)
            yield _signed(key, r, message, k, extra=14)
    if (key.canonical, r.canonical) != (key.encoded, r.encoded):
        yield _signed(key, r, b"again", _challenge(r.canonical, key.canonical, b"again"))


def _small_numbers() -> Iterator[Case]:
    """Yield y from 2 to 18, some on the curve, as they are and as y + p: for keys, and for R."""
    signer = next(point for point in _points("key") if point.plain)
    for y in (*range(2, 19), *range(P + 2, P + 19)):
        for sign in (0, _SIGN):
            encoding = (y | sign).to_bytes(32, "little")
            yield Case(encoding, b"small", signer.encoded + bytes(32), honest=False)
            yield Case(signer.encoded, b"small", encoding + bytes(32), honest=False)


@cache
def cases() -> tuple[Case, ...]:
    """Return all edge cases, the same at each call."""
    pairs = ((key, r) for key in _points("key") for r in _points("R"))
    return (*(case for key, r in pairs for case in _of(key, r)), *_small_numbers())
