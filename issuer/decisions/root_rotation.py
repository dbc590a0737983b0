"""The next root: another trust key and a new life, signed by two root keys (trust-v1 §2.1).

For a trust key that was stolen or lost, and before the root expires. Tills walk from their root to this
one by themselves when they fetch their list.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from cje.files import PUBLIC_MODE, Disk
from issuer.decisions.key_making import Token, make_in_token
from issuer.errors import KeyRefused
from issuer.keys import root_media
from issuer.keys.keyfile import MODERATE, SEED_SIZE, SUFFIX, Cost, KeyHeader, Randomness, write_key
from issuer.keys.root_ceremony import THRESHOLD, next_root
from issuer.keys.root_media import RootMedium
from issuer.keys.signer import SeedSigner, Signer
from issuer.register import audit, audit_seal, vault
from issuer.register.vault import ROOT_KEYS, State
from voucher import root


def rotate_trust(
    opened: State,
    *,
    passphrase: bytes,
    now: int,
    cost: Cost = MODERATE,
    randomness: Randomness = os.urandom,
    disk: Disk | None = None,
    media: Sequence[RootMedium] = (),
    token: Token | None = None,
) -> State:
    """Make a trust key and the root that names it; return the state under that root.

    Args:
        media: where the root keys are; without any, in the `keys` folder under the state's passphrase.
        token: makes the trust key inside a PKCS#11 token.

    The root file comes last: a run that was stopped before it is run again, and takes the key that is there.

    Raises:
        KeyRefused: fewer than two root keys are there, one does not open, or the passphrase is not this
            state's.
    """
    disk = disk or Disk()
    with opened.alone():
        secret = opened.campaign_secret(passphrase)  # the new key is never made under a mistyped one
        signers = root_media.signers(media, opened.root) if media else _root_signers(opened, passphrase)
        version = opened.root.version + 1
        name = f"trust-{version}"
        if token is not None and not (opened.keys / (name + SUFFIX)).exists():
            trust = make_in_token(opened, name, "trust", token, disk)
        else:
            trust = _trust_key(opened, name, passphrase, cost, randomness, disk).public_key
        file = next_root(opened.root, signers, trust, now)
        root.decode_successor(file, opened.root)
        with opened.register.writing() as connection:
            detail = {"version": version, "trust": trust.hex()}
            audit.append(connection, opened.identity, now, "root", detail)
            audit_seal.seal(connection, secret)
        disk.create(opened.public / f"root.{version}.cbor", file, PUBLIC_MODE)
    opened.close()
    return vault.open_state(opened.folder, opened.pins)


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
