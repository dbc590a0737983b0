"""The SQLite file under a journal: its tables, its durability, and its faults in our words.

`synchronous=FULL` with WAL: a commit that returned is on the disk, so a green screen survives a power cut
(journal-v1 §1.3); NORMAL may lose the last commits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from verifier.errors import JournalBusy, JournalDamaged, JournalFull

APPLICATION: Final = 0x434A4531  # "CJE1": another program's file is never taken for a journal
WAIT: Final = 30.0  # seconds that a till waits for the others of its shop before it gives up

# `use.till` is empty for this till's own rows: only among them does the unique key decide. Two neighbours
# that have not met may both have accepted one use; that is found here, not prevented.
_SCHEMA: Final = """
CREATE TABLE own_row (
    n INTEGER PRIMARY KEY, effective INTEGER NOT NULL, bytes BLOB NOT NULL, hash BLOB NOT NULL
);
CREATE TABLE neighbour (till BLOB PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE neighbour_row (
    till BLOB NOT NULL, n INTEGER NOT NULL, digest BLOB NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (till, n, digest)
) WITHOUT ROWID;
CREATE TABLE use (
    kid BLOB NOT NULL, cti BLOB NOT NULL, seq INTEGER NOT NULL, till BLOB NOT NULL, n INTEGER NOT NULL,
    at INTEGER NOT NULL, uses INTEGER NOT NULL, period INTEGER NOT NULL, bearer INTEGER NOT NULL,
    voided INTEGER NOT NULL,
    PRIMARY KEY (kid, cti, seq, till, n)
) WITHOUT ROWID;
CREATE UNIQUE INDEX one_use ON use (kid, cti, seq) WHERE till = x'' AND voided = 0;
CREATE INDEX use_row ON use (till, n);
CREATE TABLE void (till BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (till, n)) WITHOUT ROWID;
CREATE TABLE challenge (digits INTEGER PRIMARY KEY, drawn INTEGER NOT NULL);
"""


def create(path: str | Path) -> sqlite3.Connection:
    """Make a new journal file (or `:memory:`), which must not exist, and return its connection."""
    connection = _connect(f"file:{path}?mode=rwc" if path != ":memory:" else "file::memory:")
    with faults():
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Open a journal file that exists.

    Raises:
        JournalDamaged: it does not exist, or is not a journal.
    """
    connection = _connect(f"{path.absolute().as_uri()}?mode=rw")
    with faults():
        (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION:
        raise JournalDamaged()
    return connection


def _connect(uri: str) -> sqlite3.Connection:
    with faults():
        connection = sqlite3.connect(uri, timeout=WAIT, isolation_level=None, uri=True)
        connection.execute("PRAGMA synchronous = FULL")
    return connection


@contextmanager
def faults() -> Iterator[None]:
    """Say SQLite's faults in the room's own errors.

    Raises:
        JournalBusy, JournalFull, JournalDamaged.
    """
    try:
        yield
    except sqlite3.DatabaseError as fault:
        name = getattr(fault, "sqlite_errorname", "")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise JournalBusy() from fault
        if name.startswith("SQLITE_FULL"):
            raise JournalFull() from fault
        raise JournalDamaged() from fault


@contextmanager
def deciding(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the journal alone from the first look to the durable row; leave no trace when anything fails."""
    with faults():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
