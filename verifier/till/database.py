"""What a journal is kept in: SQLite in the till's folder, or one PostgreSQL for the tills of a shop.

Both take the same statements: the common part of their SQL, with `?` where a value goes. The unique key
`one_use` has the last word on a use in either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, Protocol

APPLICATION: Final = 0x434A4531  # "CJE1": another program's tables are never taken for a journal
VERSION: Final = 1  # of the tables

# `local` tells a till that writes here from a neighbour whose export was taken. Only among local uses does
# the unique key decide: two neighbours that have not met may both have accepted one use; that is found, not
# prevented. A typed use (trust-v1 §8.3) has an empty `kid`, its tag as `cti`, its negative week as `seq`:
# the same key decides. `purged`, `hash`: number and hash of the last own row that is gone (journal-v1 §4).
# `floor`: no time below it.
TABLES: Final = """
CREATE TABLE till (
    key BLOB PRIMARY KEY, name TEXT NOT NULL, local INTEGER NOT NULL, purged INTEGER NOT NULL,
    hash BLOB NOT NULL, floor INTEGER NOT NULL, exported INTEGER NOT NULL
);
CREATE TABLE own_row (
    till BLOB NOT NULL, n INTEGER NOT NULL, effective INTEGER NOT NULL, bytes BLOB NOT NULL,
    hash BLOB NOT NULL, PRIMARY KEY (till, n)
);
CREATE TABLE neighbour_row (
    till BLOB NOT NULL, n INTEGER NOT NULL, digest BLOB NOT NULL, effective INTEGER NOT NULL,
    bytes BLOB NOT NULL, PRIMARY KEY (till, n, digest)
);
CREATE TABLE use (
    kid BLOB NOT NULL, cti BLOB NOT NULL, seq INTEGER NOT NULL, till BLOB NOT NULL, n INTEGER NOT NULL,
    local INTEGER NOT NULL, at INTEGER NOT NULL, uses INTEGER NOT NULL, period INTEGER NOT NULL,
    bearer INTEGER NOT NULL, expires INTEGER NOT NULL, voided INTEGER NOT NULL,
    PRIMARY KEY (kid, cti, seq, till, n, local)
);
CREATE UNIQUE INDEX one_use ON use (kid, cti, seq) WHERE local = 1 AND voided = 0;
CREATE INDEX use_row ON use (till, n);
CREATE TABLE void (
    till BLOB NOT NULL, n INTEGER NOT NULL, local INTEGER NOT NULL, PRIMARY KEY (till, n, local)
);
CREATE TABLE challenge (
    till BLOB NOT NULL, digits INTEGER NOT NULL, drawn INTEGER NOT NULL, PRIMARY KEY (till, digits)
);
"""


class Database(Protocol):
    """One connection, used by one thread.

    Each method raises JournalBusy, JournalFull, JournalUnreachable or JournalDamaged: nothing was written.
    """

    def read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT."""

    def write(self, statement: str, *values: object) -> int:
        """Run a statement inside `deciding`; return how many rows it changed."""

    def deciding(self) -> AbstractContextManager[None]:
        """Hold the journal alone until the block ends, durably; a block that raises leaves no trace."""

    def check(self) -> None:
        """Look for damage below the rows, where there is a way to look."""

    def close(self) -> None:
        """Let go."""


@contextmanager
def opened(database: Database) -> Iterator[Database]:
    """Close what the block fails to take over."""
    try:
        yield database
    except BaseException:
        database.close()
        raise
