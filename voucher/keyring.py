"""The table of trusted keys, looked up by a whole protected header so that no algorithm is ever parsed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from voucher.ed25519 import kid
from voucher.errors import BadKey, UnknownKey

_HEADER: Final = b"\xa2\x01\x32\x04\x44"  # {1: -19, 4: bytes of length 4}
HEADER_SIZE: Final = len(_HEADER) + 4


def protected_header(key_id: bytes) -> bytes:
    """Return the 9 bytes of `{1: -19, 4: kid}` (voucher-v1 §2; -19 is Ed25519, RFC 9864)."""
    return _HEADER + key_id


class Keyring:
    """Public keys by protected header. Two keys with one kid are never both trusted."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Iterable[bytes]) -> None:
        """Take 32-byte public keys that `ed25519.check_key` has passed.

        Raises:
            BadKey: two different keys share a kid.
        """
        table: dict[bytes, bytes] = {}
        for key in keys:
            if table.setdefault(protected_header(kid(key)), key) != key:
                raise BadKey("two keys with one kid")
        self._keys: Mapping[bytes, bytes] = table

    def find(self, header: bytes) -> bytes:
        """Return the public key of a whole protected header.

        Raises:
            UnknownKey: no trusted key has exactly this header.
        """
        key = self._keys.get(header)
        if key is None:
            raise UnknownKey("the signing key is not in the trust list")
        return key
