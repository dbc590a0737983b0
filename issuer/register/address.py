"""Where a register is: a file beside the keys (SQLite), or a PostgreSQL by its URL.

SQLite runs in WAL mode with `synchronous=FULL`, PostgreSQL with `synchronous_commit=on`: a commit that
returned survives a power cut. Both are set, and read back, on every connection.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from issuer.errors import StateRefused

MODE: Final = "cje_mode"
_BUSY_SECONDS: Final = 60
_CONNECT_SECONDS: Final = 10
_FULL: Final = 2
_DRIVER: Final = "postgresql+psycopg"

Mode = Literal["reading", "writing", "making"]


@dataclass(frozen=True, slots=True)
class Place:
    """A file's path, or a database's URL without a password. Its text is what messages name."""

    where: Path | URL

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read the URL of a PostgreSQL.

        Raises:
            StateRefused: it is none, or holds a password, which other programs could read.
        """
        try:
            url = make_url(text)
        except ArgumentError:
            raise StateRefused("register_url") from None
        if url.drivername not in ("postgresql", "postgres", _DRIVER):
            raise StateRefused("register_url")
        if url.password is not None or "password" in url.query:
            raise StateRefused("register_url_password")
        return cls(url.set(drivername=_DRIVER))

    def __str__(self) -> str:
        if isinstance(self.where, Path):
            return str(self.where)
        return self.where.set(drivername="postgresql").render_as_string(hide_password=True)

    @property
    def is_remote(self) -> bool:
        return not isinstance(self.where, Path)

    def make(self) -> None:
        """Make the empty file, 0600; a database is there already."""
        if isinstance(self.where, Path):
            os.close(os.open(self.where, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    def refuse_unsafe(self) -> None:
        """Refuse a file that is absent or open to others."""
        if not isinstance(self.where, Path):
            return
        try:
            mode = self.where.stat().st_mode
        except FileNotFoundError:
            raise StateRefused("state_absent", path=self.where.parent) from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise StateRefused("register_open_to_others", path=self, mode=f"{stat.S_IMODE(mode):04o}")

    def connect(self) -> Engine:
        """An engine whose transactions begin as `MODE` among their execution options says."""
        if isinstance(self.where, Path):
            engine = create_engine(f"sqlite:///{self.where}", connect_args={"timeout": _BUSY_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        engine = create_engine(self.where, connect_args={"connect_timeout": _CONNECT_SECONDS})
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
        return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin late, and never with the lock
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    cursor.execute("PRAGMA synchronous=FULL")
    level = cursor.execute("PRAGMA synchronous").fetchone()[0]
    cursor.close()
    if (mode, level) != ("wal", _FULL):
        raise StateRefused("register_not_durable", mode=mode)


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(MODE, "reading") == "reading"
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
        cursor.execute("SHOW synchronous_commit")
        level = cursor.fetchone()[0]
    connection.commit()
    if level != "on":
        raise StateRefused("register_not_durable", mode=level)


def _begin_postgresql(connection: Connection) -> None:
    mode = connection.get_execution_options().get(MODE, "reading")
    if mode == "reading":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    elif mode == "writing":
        # Readers go on; another writer waits here, before it has read anything.
        connection.exec_driver_sql("LOCK TABLE meta IN EXCLUSIVE MODE")
