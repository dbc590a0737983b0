"""The next root: another trust key and a new life, signed by two root keys (trust-v1 §2.1).

For a trust key that was stolen or lost, and before the root expires. Tills walk from their root to this
one by themselves when they fetch their list.
"""

from __future__ import annotations

import os

from issuer import audit, state
from issuer.disk import PUBLIC_MODE, Disk
from issuer.errors import KeyRefused
from issuer.keyfile import MODERATE, SEED_SIZE, SUFFIX, Cost, KeyHeader, Randomness, write_key
from issuer.root_ceremony import THRESHOLD, next_root
from issuer.signer import SeedSigner, Signer
from issuer.state import ROOT_KEYS, State
from voucher import root


def rotate_trust(
    opened: State,
    *,
    passphrase: bytes,
    now: int,
    cost: Cost = MODERATE,
    randomness: Randomness = os.urandom,
    disk: Disk | None = None,
) -> State:
    """Make a trust key and the root that names it; return the state under that root.

    The root file comes last: a run that was stopped before it is run again, and takes the key that is there.

    Raises:
        KeyRefused: fewer than two root keys are in the `keys` folder, or one does not open.
    """
    disk = disk or Disk()
    with opened.alone():
        signers = _root_signers(opened, passphrase)
        version = opened.root.version + 1
        trust = _trust_key(opened, f"trust-{version}", passphrase, cost, randomness, disk)
        file = next_root(opened.root, signers, trust.public_key, now)
        root.decode_successor(file, opened.root)
        with opened.register.writing() as connection:
            detail = {"version": version, "trust": trust.public_key.hex()}
            audit.append(connection, opened.identity, now, "root", detail)
        disk.create(opened.public / f"root.{version}.cbor", file, PUBLIC_MODE)
    opened.close()
    return state.open_state(opened.folder)


def _root_signers(opened: State, passphrase: bytes) -> list[Signer]:
    present = [name for name in ROOT_KEYS if (opened.keys / (name + SUFFIX)).exists()]
    if len(present) < THRESHOLD:
        raise KeyRefused("root_quorum", found=len(present), needed=THRESHOLD)
    return [opened.signer(name, "root", passphrase) for name in present[:THRESHOLD]]


def _trust_key(
    opened: State, name: str, passphrase: bytes, cost: Cost, randomness: Randomness, disk: Disk
) -> Signer:
    if (opened.keys / (name + SUFFIX)).exists():
        return opened.signer(name, "trust", passphrase)
    seed = randomness(SEED_SIZE)
    signer = SeedSigner(seed)
    header = KeyHeader(name, "trust", signer.public_key.hex(), opened.root.demo)
    write_key(disk, opened.keys, header, seed, passphrase, cost, randomness)
    return signer
