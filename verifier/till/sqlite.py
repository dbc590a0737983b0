"""The SQLite file of one till's folder, which any number of processes may share.

`synchronous=FULL` with WAL: a commit that returned is on the disk, so a green screen survives a power cut
(journal-v1 §1.3); NORMAL may lose the last commits.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from verifier.errors import JournalBusy, JournalDamaged, JournalFull
from verifier.till.database import APPLICATION, TABLES, VERSION

WAIT: Final = 30.0  # seconds that a process waits for the others of its till before it gives up

# KiB: the inner pages of a million rows' indexes, so that a decision reads only the leaves that it needs.
CACHE: Final = 16 * 1024

# A quota that is reached (EDQUOT, EFBIG) comes as an error of writing, not as SQLITE_FULL.
_CANNOT_WRITE: Final = re.compile(
    "SQLITE_(FULL|READONLY|IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|SHMSIZE|SHMOPEN|GETTEMPPATH))"
)
_BUSY: Final = re.compile("SQLITE_(BUSY|LOCKED|CONSTRAINT)")  # a unique key that spoke: another was quicker


class Sqlite:
    """A `Database` in one file, or in memory for a test."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    def create(cls, path: str | Path) -> Sqlite:
        """Make a new journal file (or `:memory:`), which must not exist."""
        connection = _connect(f"file:{path}?mode=rwc" if path != ":memory:" else "file::memory:")
        with faults():
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.executescript(f"BEGIN IMMEDIATE; {TABLES} COMMIT;")
        return cls(connection)

    @classmethod
    def connect(cls, path: Path) -> Sqlite:
        """Open a journal file that exists.

        Raises:
            JournalDamaged: it does not exist, or is not a journal.
        """
        connection = _connect(f"{path.absolute().as_uri()}?mode=rw")
        with faults():
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        if (application, version) != (APPLICATION, VERSION):
            connection.close()
            raise JournalDamaged()
        return cls(connection)

    def read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with faults():
            return self.connection.execute(statement, values).fetchall()

    def write(self, statement: str, *values: object) -> int:
        assert self.connection.in_transaction
        with faults():
            return self.connection.execute(statement, values).rowcount

    @contextmanager
    def deciding(self) -> Iterator[None]:
        with faults():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def check(self) -> None:
        if self.read("PRAGMA quick_check") != [("ok",)]:
            raise JournalDamaged()

    def close(self) -> None:
        self.connection.close()


def _connect(uri: str) -> sqlite3.Connection:
    with faults():
        connection = sqlite3.connect(uri, timeout=WAIT, isolation_level=None, uri=True)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
    return connection


@contextmanager
def faults() -> Iterator[None]:
    """Say SQLite's faults in the room's own errors."""
    try:
        yield
    except sqlite3.DatabaseError as fault:
        name = getattr(fault, "sqlite_errorname", "")
        if _BUSY.match(name):
            raise JournalBusy() from fault
        if _CANNOT_WRITE.match(name):
            raise JournalFull() from fault
        raise JournalDamaged() from fault
