"""A damaged journal is set aside, whole; what still holds of it goes on counting under a new journal.

The chain can no longer go on from a damaged row, so the till gets a new key and a new, empty journal; the
rows that hold are exported under the old key and merged like a neighbour's, and every use that can still be
read is taken over: what was accepted stays accepted.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cje.files import Disk
from verifier.errors import JournalDamaged
from verifier.till import key as till_key
from verifier.till import pairing
from verifier.till.folder import Profile, TillFolder, change_key
from verifier.till.journal import Journal, read_row
from verifier.till.merge import import_rows
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

    Nothing is deleted: whatever is moved stands in the folder that is named in the result. On a shop's server
    the old rows stay where they are, under the old key, and go on counting there.

    Raises:
        KeyExposed: others can read the till's key, or its pairing.
        NoTill: no till's folder.
        JournalUnreachable: the shop's server does not answer.
    """
    profile, seed = folder.profile(), till_key.read(folder.key)
    partner, name = profile.till.partner, profile.till.name
    held = _holding(folder, profile)
    aside = folder.path / f"abime-{now}"
    aside.mkdir()
    export = _signed(partner, name, profile.key, seed, held) if held.rows else None
    if export is not None:
        Disk().replace(aside / "journal.cje", export)
    for suffix in _SUFFIXES:
        path = folder.journal.with_name(folder.journal.name + suffix)
        if path.exists():
            path.rename(aside / path.name)
    folder.key.rename(aside / folder.key.name)
    fresh = change_key(folder, till_key.create(folder.key, os.urandom(till_key.SEED_SIZE)))
    store = folder.load(fresh.build, partner)
    folder.save(replace(store, floor=max(store.floor, held.seen)))  # P20: time never goes back
    trust = store.view().list
    with closing(folder.begin_journal(fresh)) as journal:
        if export is not None and profile.journal is None:
            keyring = trust.keyring() if trust else Keyring(())
            import_rows(journal, export, partner, keyring, pairing.short_key(folder.pairing))
        _take_over(aside / folder.journal.name, journal)
    return Repaired(len(held.rows), aside)


@dataclass(frozen=True, slots=True)
class _Held:
    """The first rows that hold, between two hashes of their chain; `seen` is their newest time."""

    rows: tuple[Row, ...]
    before: bytes
    after: bytes
    seen: int


def _holding(folder: TillFolder, profile: Profile) -> _Held:
    if profile.journal is None:
        return _walk(_base(folder.journal, profile.key), _stored(folder.journal, profile.key))
    from verifier.till.postgresql import PostgreSQL

    with closing(PostgreSQL(profile.journal)) as database:
        journal = Journal(database, profile.key)
        try:
            base = (*journal.base(), journal.seen())
        except (JournalDamaged, TypeError):
            return _walk((0, first_hash(profile.key), 0), iter(()))
        return _walk(base, journal.stored())


def _walk(base: tuple[int, bytes, int], stored: Iterator[Any]) -> _Held:
    start, before, seen = base
    rows: list[Row] = []
    value = before
    for n, data, digest in stored:
        after = next_hash(value, data)
        try:
            row = read_row(data)
        except JournalDamaged:
            break
        if (n, row.n, digest) != (start + len(rows) + 1, n, after):
            break
        rows.append(row)
        value = after
    return _Held(tuple(rows), before, value, max([seen, *(row.effective for row in rows[-1:])]))


def _base(path: Path, key: bytes) -> tuple[int, bytes, int]:
    """Return (n, hash, floor) of what was purged, if that can be read."""
    found = list(_readable(path, "SELECT purged, hash, floor FROM till WHERE key = ?", key))
    return found[0] if found else (0, first_hash(key), 0)


def _stored(path: Path, key: bytes) -> Iterator[Any]:
    return _readable(path, "SELECT n, bytes, hash FROM own_row WHERE till = ? ORDER BY n", key)


def _readable(path: Path, query: str, *values: object) -> Iterator[Any]:
    """Yield rows for as long as SQLite can read."""
    with (
        suppress(sqlite3.DatabaseError),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection,
    ):
        yield from connection.execute(query, values)


def _take_over(path: Path, journal: Journal) -> None:
    """Go on counting every use that can still be read, own and neighbours', as a neighbour's."""
    moved = (
        ("SELECT key, name, 0, 0, x'', 0, 0 FROM till", "till VALUES (?, ?, ?, ?, ?, ?, ?)"),
        ("SELECT till, n, 0 FROM void", "void VALUES (?, ?, ?)"),
        (
            "SELECT kid, cti, seq, till, n, 0, at, uses, period, bearer, expires, voided FROM use",
            "use VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ),
    )
    with journal.deciding():
        for query, table in moved:
            for row in _readable(path, query):
                journal.database.write(f"INSERT INTO {table} ON CONFLICT DO NOTHING", *row)


def _signed(partner: str, name: str, key: bytes, seed: bytes, held: _Held) -> bytes:
    first, last = held.rows[0].n, held.rows[-1].n
    payload = encode_export(Export(partner, name, key, first, last, held.before, held.after, held.rows))
    return assemble(payload, key, till_key.signer(seed)(signing_input(payload, key)))
