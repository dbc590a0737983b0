"""Sealing a card's content into the file that its activation code opens: bundle-v1 §2 and §3."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from voucher import activation, bundle
from voucher.bundle import MAGIC, NONCE_SIZE, Bundle
from voucher.caps import MAX_BUNDLE
from voucher.errors import BadSignature, Malformed, TooBig

_TAG_SIZE = 16
_OVERHEAD = len(MAGIC) + NONCE_SIZE + _TAG_SIZE


def seal(code: str, content: bytes) -> tuple[str, bytes]:
    """Return the file's address below the site and its bytes; the same content gives the same bytes.

    Args:
        code: the canonical 20 characters.
        content: what `voucher.bundle.encode_bundle` returned.

    Raises:
        TooBig: over 512 KiB.
    """
    place = activation.bundle_path(code)
    padded = bundle.pad(content)
    nonce = bundle.nonce(activation.nonce_key(code), padded)
    sealed = AESGCM(activation.bundle_key(code)).encrypt(nonce, padded, MAGIC + place)
    return activation.file_name(place), MAGIC + nonce + sealed


def place_of(name: str) -> bytes:
    """The 16 bytes of a file's address, as `seal` returned it."""
    return bytes.fromhex(name.rpartition("/")[2].removesuffix(".bin"))


def open_sealed(file: bytes, code: str) -> Bundle:
    """Open and read a card's file, as a wallet does.

    Raises:
        TooBig: over its cap; nothing of it is looked at.
        Malformed: not a bundle. BadSignature: another code's, or damaged. UpdateApp: a newer version.
    """
    if len(file) > MAX_BUNDLE + _OVERHEAD:
        raise TooBig("bundle file over its cap")
    start = len(MAGIC) + NONCE_SIZE
    if not file.startswith(MAGIC) or len(file) < _OVERHEAD:
        raise Malformed("bundle file")
    try:
        cipher = AESGCM(activation.bundle_key(code))
        padded = cipher.decrypt(file[len(MAGIC) : start], file[start:], MAGIC + activation.bundle_path(code))
    except InvalidTag:
        raise BadSignature("the seal does not hold") from None
    return bundle.decode_bundle(bundle.unpad(padded))
