"""A secret at rest: Argon2id over the passphrase, SecretBox over the seed, one small JSON file.

The header (role, public key, window, demo) stands in the clear so that keys can be listed without a
passphrase; its hash is sealed with the seed, so that nobody turns a demo key into a real one by editing it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from nacl import exceptions, pwhash, secret

from cje.files import Disk
from issuer.errors import KeyRefused

FORMAT: Final = "cje-key-1"
MAX_FILE: Final = 4096
SUFFIX: Final = ".key"
SEED_SIZE: Final = 32
INSIDE: Final = "pkcs11"  # instead of a sealed seed: where the key is (issuer.token)
_SALT_SIZE: Final = pwhash.argon2id.SALTBYTES
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

Role = Literal["root", "trust", "issuing", "campaign"]
Randomness = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try of a passphrase costs: passes over `memory` bytes."""

    passes: int
    memory: int


MODERATE: Final = Cost(pwhash.argon2id.OPSLIMIT_MODERATE, pwhash.argon2id.MEMLIMIT_MODERATE)
# For keys whose passphrase is no secret: demo keys, and those of tests.
NOMINAL: Final = Cost(pwhash.argon2id.OPSLIMIT_MIN, pwhash.argon2id.MEMLIMIT_MIN)
# A header that asks for more is refused: it would only exhaust the machine.
_MAX_COST: Final = Cost(pwhash.argon2id.OPSLIMIT_SENSITIVE, pwhash.argon2id.MEMLIMIT_SENSITIVE)


@dataclass(frozen=True, slots=True)
class KeyHeader:
    """What is known of a key without its passphrase.

    Attributes:
        name: the file's name without `.key`.
        public: hexadecimal; the Ed25519 public key, or a campaign secret's identity.
        demo: made for trying; never trusted by a till built for real.
    """

    name: str
    role: Role
    public: str
    demo: bool


def seal_key(header: KeyHeader, seed: bytes, passphrase: bytes, cost: Cost, randomness: Randomness) -> bytes:
    """Return the key file's bytes."""
    salt, nonce = randomness(_SALT_SIZE), randomness(secret.SecretBox.NONCE_SIZE)
    sealed = _box(passphrase, salt, cost).encrypt(seed + _digest(header), nonce)
    kdf = {"name": "argon2id", "salt": salt.hex(), **asdict(cost)}
    fields = {"format": FORMAT, **asdict(header), "kdf": kdf, "sealed": base64.b64encode(sealed).decode()}
    return (json.dumps(fields, indent=2) + "\n").encode()


def write_key(
    disk: Disk,
    folder: Path,
    header: KeyHeader,
    seed: bytes,
    passphrase: bytes,
    cost: Cost,
    randomness: Randomness = os.urandom,
) -> None:
    """Write a key file, 0600 from its first moment, durable on return.

    Raises:
        OutputRefused: it exists already, or the folder cannot be written.
    """
    disk.create(folder / (header.name + SUFFIX), seal_key(header, seed, passphrase, cost, randomness))


def read_header(path: Path) -> KeyHeader:
    """Read what stands in the clear.

    Raises:
        KeyRefused: absent, open to others, or no key file.
    """
    return _header(path, _read(path))


def read_fields(path: Path) -> dict[str, Any]:
    """Read a key file's fields as they stand.

    Raises:
        KeyRefused: see `read_header`.
    """
    return _read(path)


def open_key(path: Path, passphrase: bytes) -> tuple[KeyHeader, bytes]:
    """Return the header and the seed.

    Raises:
        KeyRefused: absent, open to others, damaged, or another passphrase.
    """
    fields = _read(path)
    header = _header(path, fields)
    try:
        kdf = fields["kdf"]
        cost = Cost(int(kdf["passes"]), int(kdf["memory"]))
        salt, sealed = bytes.fromhex(kdf["salt"]), base64.b64decode(fields["sealed"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise KeyRefused("key_damaged", path=path) from error
    reasonable = (
        NOMINAL.passes <= cost.passes <= _MAX_COST.passes
        and NOMINAL.memory <= cost.memory <= _MAX_COST.memory
    )
    if not reasonable or len(salt) != _SALT_SIZE:
        raise KeyRefused("key_damaged", path=path)
    try:
        opened = _box(passphrase, salt, cost).decrypt(sealed)
    except exceptions.CryptoError:
        raise KeyRefused("wrong_passphrase", path=path) from None
    if opened[SEED_SIZE:] != _digest(header):
        raise KeyRefused("key_damaged", path=path)
    return header, opened[:SEED_SIZE]


def _box(passphrase: bytes, salt: bytes, cost: Cost) -> secret.SecretBox:
    key = pwhash.argon2id.kdf(
        secret.SecretBox.KEY_SIZE, passphrase, salt, opslimit=cost.passes, memlimit=cost.memory
    )
    return secret.SecretBox(key)


def _digest(header: KeyHeader) -> bytes:
    canonical = json.dumps(asdict(header), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(b"cje-key-header" + canonical.encode()).digest()


def _read(path: Path) -> dict[str, Any]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeyRefused("key_absent", path=path) from None
    except OSError as error:
        raise KeyRefused("key_unreadable", path=path, reason=error.strerror) from error
    with os.fdopen(descriptor, "rb") as file:
        # Asked of the open file, not of the name: nobody can swap it in between.
        status = os.fstat(descriptor)
        if status.st_mode & _OTHERS:
            raise KeyRefused("key_open_to_others", path=path, mode=f"{stat.S_IMODE(status.st_mode):04o}")
        data = file.read(MAX_FILE + 1)
    try:
        fields = json.loads(data) if len(data) <= MAX_FILE else None
    except ValueError as error:
        raise KeyRefused("key_damaged", path=path) from error
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise KeyRefused("key_damaged", path=path)
    return fields


def _header(path: Path, fields: dict[str, Any]) -> KeyHeader:
    name, role, public, demo = (fields.get(key) for key in ("name", "role", "public", "demo"))
    typed = isinstance(name, str) and isinstance(public, str) and isinstance(demo, bool)
    if not typed or role not in ("root", "trust", "issuing", "campaign"):
        raise KeyRefused("key_damaged", path=path)
    return KeyHeader(name, role, public, demo)  # type: ignore[arg-type]
