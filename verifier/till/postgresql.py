"""One PostgreSQL for the tills of a shop: each till keeps its own chain, all count the same uses.

A decision holds the shop's turn (an advisory lock) from its first look to its durable row: tills decide one
after the other, and `one_use` would still refuse the second of two. `synchronous_commit` is on whatever the
server's default, and a server that does not wait for its disk is refused: green means durable
(journal-v1 §1.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from verifier.errors import (
    BadInput,
    JournalBusy,
    JournalDamaged,
    JournalFull,
    JournalUnreachable,
    VerifierError,
)
from verifier.till.database import APPLICATION, TABLES

try:
    import psycopg
    from psycopg import errors
except ModuleNotFoundError:
    raise BadInput("postgresql_missing") from None

SCHEMES: Final = ("postgresql", "postgres")
_TURN: Final = "SELECT pg_advisory_xact_lock(%s)"
# A cashier has ten seconds; a till that falls asleep holding the turn must not hold up the shop.
_OPTIONS: Final = (
    "-c synchronous_commit=on -c lock_timeout=10s -c statement_timeout=60s"
    " -c idle_in_transaction_session_timeout=10s -c search_path=cje_journal"
)
_CONNECT_SECONDS: Final = 5


class PostgreSQL:
    """A `Database` on a server. A connection that was lost is made again at the next decision."""

    def __init__(self, url: str) -> None:
        """Connect.

        Raises:
            BadInput: no URL of PostgreSQL's, a password in it, or a server that does not wait for its disk.
            JournalUnreachable: no answer, or the server refuses this till.
        """
        check_url(url)
        self._url = url
        self.connection = self._connect()

    @classmethod
    def create(cls, url: str) -> PostgreSQL:
        """Connect to the shop's journal; the first till that comes makes its tables."""
        database = cls(url)
        try:
            with database.deciding():
                database.write("CREATE SCHEMA IF NOT EXISTS cje_journal")
                if database.read("SELECT to_regclass('cje_journal.till')") == [(None,)]:
                    for statement in _tables():
                        database.write(statement)
        except VerifierError:
            database.close()
            raise
        return database

    def read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        if self.connection.closed:
            self.connection = self._connect()
        with faults():
            return self.connection.execute(_query(statement), values).fetchall()

    def write(self, statement: str, *values: object) -> int:
        with faults():
            return self.connection.execute(_query(statement), values).rowcount

    @contextmanager
    def deciding(self) -> Iterator[None]:
        self._begin()
        with faults():
            try:
                yield
                self.connection.execute(b"COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def check(self) -> None:
        """The server's checksums are its operator's matter."""

    def close(self) -> None:
        self.connection.close()

    def _begin(self) -> None:
        """Take the shop's turn; a connection that died since the last decision is made again, once."""
        try:
            self._take_turn()
        except JournalUnreachable:
            self.connection.close()
            self.connection = self._connect()
            self._take_turn()

    def _take_turn(self) -> None:
        with faults():
            try:
                self.connection.execute(b"BEGIN")
                self.connection.execute(_TURN, (APPLICATION,))
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        """Leave no trace; what cannot be rolled back is cut off, and the server rolls back by itself."""
        try:
            self.connection.execute(b"ROLLBACK")
        except psycopg.Error:
            self.connection.close()

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        with faults():
            connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=_CONNECT_SECONDS,
                options=_OPTIONS,
                application_name="cje",
                prepare_threshold=1,
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=3,
            )
            found = connection.execute("SHOW fsync").fetchone()
        if found != ("on",):
            connection.close()
            raise BadInput("fsync")
        return connection


def check_url(url: str) -> None:
    """Refuse what is no PostgreSQL's URL, and a secret that everybody could read in a list of processes.

    Raises:
        BadInput: see above.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise BadInput("journal_url")
    if parts.password is not None or "password" in parse_qs(parts.query):
        raise BadInput("journal_password")


@cache
def _query(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()


def _tables() -> list[str]:
    text = TABLES.replace("BLOB", "BYTEA").replace("INTEGER", "BIGINT")
    return [statement for statement in text.split(";") if statement.strip()]


@contextmanager
def faults() -> Iterator[None]:
    """Say PostgreSQL's faults in the room's own errors."""
    try:
        yield
    except (errors.LockNotAvailable, errors.UniqueViolation, errors.QueryCanceled) as fault:
        raise JournalBusy() from fault
    except (errors.DiskFull, errors.IoError, errors.ReadOnlySqlTransaction) as fault:
        raise JournalFull() from fault
    except (
        errors.UndefinedTable,
        errors.UndefinedColumn,
        errors.DataCorrupted,
        errors.IndexCorrupted,
    ) as fault:
        raise JournalDamaged() from fault
    except psycopg.Error as fault:
        raise JournalUnreachable() from fault
