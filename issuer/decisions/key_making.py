"""New issuing keys: one for each quarter, before the campaign's vouchers begin in it."""

from __future__ import annotations

import os

from cje.files import Disk
from issuer.errors import KeyRefused
from issuer.keys.keyfile import MODERATE, SEED_SIZE, SUFFIX, Cost, KeyHeader, Randomness, Role, write_key
from issuer.keys.quarter import Quarter
from issuer.keys.signer import SeedSigner, Signer
from issuer.keys.token import TokenPlace, make_token_key, write_token_key
from issuer.register import audit, audit_seal, issuing_keys
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.vault import State

Token = tuple[str, str]  # the PKCS#11 module's path, and the token's label


def new_issuing_key(
    state: State,
    quarter: Quarter,
    *,
    passphrase: bytes,
    now: int,
    programme: str | None = None,
    cost: Cost = MODERATE,
    randomness: Randomness = os.urandom,
    disk: Disk | None = None,
    token: Token | None = None,
) -> IssuingKeyRecord:
    """Make the key of a quarter, for one programme or for all, and record it.

    Args:
        token: makes it inside a PKCS#11 token instead of a file.

    The file is made first: a run that was stopped in between is run again and records the key that is there.

    Raises:
        KeyRefused: a good key for it exists, the passphrase is not this state's, or the token refuses.
    """
    disk = disk or Disk()
    secret = state.campaign_secret(passphrase)  # one passphrase opens all that issuing needs
    with state.alone():
        with state.register.reading() as connection:
            records = issuing_keys.read(connection)
        name = _free_name(records, programme, quarter)
        if (state.keys / (name + SUFFIX)).exists():
            public = state.signer(name, "issuing", passphrase).public_key
        elif token is not None:
            public = make_in_token(state, name, "issuing", token, disk)
        else:
            public = _make(state, name, passphrase, cost, randomness, disk).public_key
        with state.register.writing() as connection:
            issuing_keys.record(connection, name, public, programme, quarter)
            detail = {"name": name, "key": public.hex()}
            audit.append(connection, state.identity, now, "key", detail)
            audit_seal.seal(connection, secret)
            records = issuing_keys.read(connection)
        with disk.staging(state.public) as staging:
            staging.put("keys.json", issuing_keys.public_list(records))
    return next(record for record in records if record.name == name)


def make_in_token(state: State, name: str, role: Role, token: Token, disk: Disk) -> bytes:
    """Make a key inside a token, and the file that says where it is; return its public key.

    Raises:
        KeyRefused: see `token.make_token_key`.
    """
    module, label = token
    place = TokenPlace(module, label, f"{state.identity[:8]}-{name}")
    public = make_token_key(place, state.pins)
    write_token_key(disk, state.keys, KeyHeader(name, role, public.hex(), state.root.demo), place)
    return public


def _free_name(records: list[IssuingKeyRecord], programme: str | None, quarter: Quarter) -> str:
    """The first name that no key had; a quarter's second key exists only once its first is revoked."""
    base = issuing_keys.name_of(programme, quarter)
    taken = {record.name: record for record in records}
    name, serial = base, 1
    while name in taken:
        if taken[name].revoked is None:
            raise KeyRefused("key_exists", quarter=quarter, name=name)
        serial += 1
        name = f"{base}-{serial}"
    return name


def _make(
    state: State, name: str, passphrase: bytes, cost: Cost, randomness: Randomness, disk: Disk
) -> Signer:
    seed = randomness(SEED_SIZE)
    signer = SeedSigner(seed)
    header = KeyHeader(name, "issuing", signer.public_key.hex(), state.root.demo)
    write_key(disk, state.keys, header, seed, passphrase, cost, randomness)
    return signer
