"""New issuing keys: one for each quarter, before the campaign's vouchers begin in it."""

from __future__ import annotations

import os

from issuer import audit, issuing_keys
from issuer.disk import Disk
from issuer.errors import KeyRefused
from issuer.issuing_keys import IssuingKeyRecord
from issuer.keyfile import MODERATE, SEED_SIZE, SUFFIX, Cost, KeyHeader, Randomness, write_key
from issuer.quarter import Quarter
from issuer.signer import SeedSigner, Signer
from issuer.state import State


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
) -> IssuingKeyRecord:
    """Make the key of a quarter, for one programme or for all, and record it.

    The file is made first: a run that was stopped in between is run again and records the key that is there.

    Raises:
        KeyRefused: a good key for it exists, or the passphrase is not this state's.
    """
    disk = disk or Disk()
    state.campaign_secret(passphrase)  # one passphrase opens all that issuing needs
    with state.alone():
        with state.register.reading() as connection:
            records = issuing_keys.read(connection)
        name = _free_name(records, programme, quarter)
        if (state.keys / (name + SUFFIX)).exists():
            signer = state.signer(name, "issuing", passphrase)
        else:
            signer = _make(state, name, passphrase, cost, randomness, disk)
        with state.register.writing() as connection:
            issuing_keys.record(connection, name, signer.public_key, programme, quarter)
            detail = {"name": name, "key": signer.public_key.hex()}
            audit.append(connection, state.identity, now, "key", detail)
            records = issuing_keys.read(connection)
        with disk.staging(state.public) as staging:
            staging.put("keys.json", issuing_keys.public_list(records))
    return next(record for record in records if record.name == name)


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
