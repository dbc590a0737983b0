"""The register's connections: SQLite in WAL mode with `synchronous=FULL`, read back on every connection.

A write transaction takes the database's lock when it begins, so that two issuers never decide on the same
stale reading.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError

from issuer import grants, schema
from issuer.errors import StateRefused

_BUSY_SECONDS: Final = 60
_FULL: Final = 2
_WRITING: Final = "cje_writing"


class Register:
    """The decisions of one state. Use `reading()` or `writing()`; each is one transaction."""

    def __init__(self, path: Path) -> None:
        """Take an existing database file.

        Raises:
            StateRefused: absent, readable by others, no register, or of another schema.
        """
        _refuse_open_to_others(path)
        self._engine = _connect(path)
        try:
            with self.reading() as connection:
                facts = {row.name: row.value for row in connection.execute(select(schema.meta))}
        except DatabaseError as error:
            self.close()
            raise StateRefused("register_foreign", path=path) from error
        if facts.get("schema") != schema.VERSION:
            self.close()
            raise StateRefused("register_schema", path=path, found=facts.get("schema"))
        self.identity: str = facts["identity"]

    @classmethod
    def create(cls, path: Path, facts: dict[str, str]) -> Register:
        """Make a new database file, 0600, with these facts about its state."""
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        engine = _connect(path)
        with engine.begin() as connection:
            schema.metadata.create_all(connection)
            rows = {"schema": schema.VERSION, grants.TOTAL: "0", **facts}
            connection.execute(
                insert(schema.meta), [{"name": name, "value": rows[name]} for name in sorted(rows)]
            )
        engine.dispose()
        return cls(path)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is durable on leaving, or none of it happened."""
        with self._engine.connect() as connection:
            connection = connection.execution_options(**{_WRITING: True})
            with connection.begin():
                yield connection

    def pragma(self, name: str) -> int | str:
        """Read a setting on a live connection."""
        with self.reading() as connection:
            value: int | str = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        return value

    @property
    def engine(self) -> Engine:
        """For harnesses that listen to commits."""
        return self._engine

    def close(self) -> None:
        self._engine.dispose()


def _connect(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin late, and never with the lock
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    cursor.execute("PRAGMA synchronous=FULL")
    level = cursor.execute("PRAGMA synchronous").fetchone()[0]
    cursor.close()
    if (mode, level) != ("wal", _FULL):
        raise StateRefused("register_not_durable", mode=mode)


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _refuse_open_to_others(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise StateRefused("state_absent", path=path.parent) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StateRefused("register_open_to_others", path=path, mode=f"{stat.S_IMODE(mode):04o}")
