"""The media of the root keys: a folder each (a USB stick at somebody's), under a passphrase of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from issuer.errors import KeyRefused, StateRefused
from issuer.keys.keyfile import SUFFIX, open_key, read_header
from issuer.keys.root_ceremony import THRESHOLD
from issuer.keys.signer import SeedSigner, Signer
from voucher.root import Root


@dataclass(frozen=True, slots=True)
class RootMedium:
    """A folder that holds, or will hold, one root key, and what opens it."""

    folder: Path
    passphrase: bytes = field(repr=False)


def refuse_unfit(media: Sequence[RootMedium], wanted: int) -> None:
    """Check the media of a new root: as many folders as keys, each its own, each with its own passphrase.

    Raises:
        StateRefused: they are too few, absent, one and the same, or share a passphrase.
    """
    if len(media) != wanted:
        raise StateRefused("root_media_count", needed=wanted, found=len(media))
    for medium in media:
        if not medium.folder.is_dir():
            raise StateRefused("root_medium_absent", path=medium.folder)
    if len({medium.folder.resolve() for medium in media}) < wanted:
        raise StateRefused("root_media_same")
    if len({medium.passphrase for medium in media}) < wanted:
        raise StateRefused("root_passphrases_same")


def signers(media: Sequence[RootMedium], current: Root) -> list[Signer]:
    """Open the root keys that the present root names, as many as it asks for.

    Raises:
        KeyRefused: too few of these media hold one, or one does not open.
    """
    found: dict[bytes, Signer] = {}
    for medium in media:
        for path in sorted(medium.folder.glob(f"root-*{SUFFIX}")):
            public = bytes.fromhex(read_header(path).public)
            if public in current.root.keys and public not in found and len(found) < THRESHOLD:
                found[public] = SeedSigner(open_key(path, medium.passphrase)[1])
    if len(found) < THRESHOLD:
        raise KeyRefused("root_quorum", found=len(found), needed=THRESHOLD)
    return list(found.values())
