"""A damaged journal is set aside, whole; what still holds of it goes on counting under a new journal.

The chain can no longer go on from a damaged row, so the till gets a new key and a new, empty journal; the
rows that hold are exported under the old key and merged like a neighbour's: what was accepted stays accepted.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from verifier import database, till_key
from verifier.errors import JournalDamaged
from verifier.journal import Journal, read_row
from verifier.merge import import_rows
from verifier.till_folder import TillFolder, change_key, write_whole
from voucher.journal import (
    Export,
    Row,
    assemble,
    encode_export,
    first_hash,
    next_hash,
    signing_input,
)
from voucher.keyring import Keyring

_SUFFIXES = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did.

    Attributes:
        rows: that hold and go on counting.
        aside: folder with the damaged files, the old key and, if any row holds, its signed export.
    """

    rows: int
    aside: Path


def repair(folder: TillFolder, now: int) -> Repaired:
    """Set a damaged journal aside and begin a new one; `now` names the folder it goes to.

    Nothing is deleted: whatever is moved stands in the folder that is named in the result.

    Raises:
        KeyExposed: others can read the till's key.
        NoTill: no till's folder.
    """
    till, build, key = folder.profile()
    seed = till_key.read(folder.key)
    rows, after = _holding(folder.journal, key)
    aside = folder.path / f"abime-{now}"
    aside.mkdir()
    export = _signed(till.partner, till.name, key, seed, rows, after) if rows else None
    if export is not None:
        write_whole(aside / "journal.cje", export)
    for suffix in _SUFFIXES:
        path = folder.journal.with_name(folder.journal.name + suffix)
        if path.exists():
            path.rename(aside / path.name)
    folder.key.rename(aside / folder.key.name)
    fresh = till_key.create(folder.key, os.urandom(till_key.SEED_SIZE))
    connection = database.create(folder.journal)
    change_key(folder, fresh)
    if export is not None:
        store = folder.load(build, till.partner)
        folder.save(replace(store, floor=max(store.floor, rows[-1].effective)))  # P20: time never goes back
        trust = store.view().list
        import_rows(
            Journal(connection, fresh), export, till.partner, trust.keyring() if trust else Keyring(())
        )
    connection.close()
    return Repaired(len(rows), aside)


def _holding(path: Path, key: bytes) -> tuple[list[Row], bytes]:
    """Return the rows from the first on whose chain holds, and the last one's hash."""
    rows: list[Row] = []
    value = first_hash(key)
    for n, data, digest in _readable(path):
        after = next_hash(value, data)
        try:
            row = read_row(data)
        except JournalDamaged:
            break
        if (n, row.n, digest) != (len(rows) + 1, n, after):
            break
        rows.append(row)
        value = after
    return rows, value


def _readable(path: Path) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield (n, row, hash) for as long as SQLite can read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            yield from connection.execute("SELECT n, bytes, hash FROM own_row ORDER BY n")
    except sqlite3.DatabaseError:
        return


def _signed(partner: str, name: str, key: bytes, seed: bytes, rows: list[Row], after: bytes) -> bytes:
    payload = encode_export(Export(partner, name, key, 1, len(rows), first_hash(key), after, tuple(rows)))
    return assemble(payload, key, till_key.signer(seed)(signing_input(payload, key)))
