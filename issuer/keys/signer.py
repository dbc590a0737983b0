"""Who signs. Issuing code sees this protocol only: a file, or a token with the same two members."""

from __future__ import annotations

from typing import Any, Protocol

from nacl import bindings

from issuer.keys import leaving

SEED_SIZE = 32
_SIGNATURE_SIZE = 64


class Signer(Protocol):
    """An Ed25519 key that can sign (RFC 8032); the private half stays where it is."""

    @property
    def public_key(self) -> bytes:
        """32 bytes, in the prime-order subgroup."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature."""
        ...


class SeedSigner:
    """A signer whose seed is in memory: no readable private field, no telling repr (pickling: `travel`)."""

    __slots__ = ("_secret", "public_key")

    def __init__(self, seed: bytes) -> None:
        """Take 32 bytes of seed."""
        self.public_key, self._secret = bindings.crypto_sign_seed_keypair(seed)

    def __repr__(self) -> str:
        return f"SeedSigner({self.public_key.hex()})"

    def __reduce__(self) -> tuple[Any, ...]:
        leaving.refuse()
        return SeedSigner, (self._secret[:SEED_SIZE],)

    def sign(self, message: bytes) -> bytes:
        return bindings.crypto_sign(message, self._secret)[:_SIGNATURE_SIZE]
