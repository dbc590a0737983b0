"""The till's own Ed25519 key: it signs exports, never a voucher. Only its public half leaves the till."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from nacl import bindings

from cje.errors import OutputRefused
from verifier.errors import KeyExposed

SEED_SIZE: Final = 32
_COMPARED: Final = 10  # bytes: more than anybody can search for another key that begins alike


def create(path: Path, seed: bytes) -> bytes:
    """Write a new key file from 32 random bytes, readable by its owner alone; return the public key.

    Raises:
        OutputRefused: a file stands there.
    """
    assert len(seed) == SEED_SIZE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OutputRefused("exists", path=path) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(seed)
        file.flush()
        os.fsync(file.fileno())
    return public_key(seed)


def read(path: Path) -> bytes:
    """Return the seed of a key file.

    Raises:
        KeyExposed: others can read it, or it is not a key file.
    """
    mode = path.stat().st_mode
    seed = path.read_bytes()
    exposed = os.name == "posix" and stat.S_IMODE(mode) & 0o077
    if exposed or len(seed) != SEED_SIZE:
        raise KeyExposed(path=path)
    return seed


def public_key(seed: bytes) -> bytes:
    """Return the public key of a seed."""
    return bindings.crypto_sign_seed_keypair(seed)[0]


def fingerprint(public: bytes) -> str:
    """Return what two people compare: the first 80 bits of a till's public key, as its settings show them."""
    return public[:_COMPARED].hex(" ")


def signer(seed: bytes) -> Callable[[bytes], bytes]:
    """Return a function from a message to its signature, 64 bytes."""
    secret = bindings.crypto_sign_seed_keypair(seed)[1]
    return lambda message: bindings.crypto_sign(message, secret)[:64]
