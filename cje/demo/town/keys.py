"""The keys of an invented town, all drawn from one seed: the same seed gives the same journals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from nacl import bindings


@dataclass(frozen=True)
class Pair:
    """A key pair made from a seed and a name."""

    seed: int
    name: str

    @cached_property
    def _pair(self) -> tuple[bytes, bytes]:
        drawn = hashlib.sha256(b"cje demo town %d: " % self.seed + self.name.encode()).digest()
        public, secret = bindings.crypto_sign_seed_keypair(drawn)
        return public, secret

    @property
    def public(self) -> bytes:
        return self._pair[0]

    @property
    def sign(self) -> Callable[[bytes], bytes]:
        """A function from a message to its signature, 64 bytes."""
        secret = self._pair[1]
        return lambda message: bindings.crypto_sign(message, secret)[:64]
