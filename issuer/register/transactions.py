"""The register's transactions, the same on SQLite and PostgreSQL: durable on leaving, one writer at a time.

A write transaction takes the register's lock when it begins, so that two issuers never decide on the same
stale reading. A register that stops answering is one sentence, and nothing of its transaction happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError

from issuer.errors import StateRefused
from issuer.register import grants, schema
from issuer.register.address import MODE, Mode, Place

_PUBLISHING = 0x636A65  # the advisory lock's number: "cje"


class Register:
    """The decisions of one state. Use `reading()` or `writing()`; each is one transaction."""

    def __init__(self, place: Place) -> None:
        """Open an existing register.

        Raises:
            StateRefused: absent, readable by others, unreachable, no register, or of another schema.
        """
        place.refuse_unsafe()
        self.place = place
        self._engine = place.connect()
        facts = self._facts()
        found = facts.get("schema", "")
        if found != schema.VERSION:
            self.close()
            older = found.isdigit() and int(found) < int(schema.VERSION)
            raise StateRefused("register_older" if older else "register_newer", path=place, found=found)
        self.identity: str = facts["identity"]

    @classmethod
    def create(cls, place: Place, facts: dict[str, str]) -> Register:
        """Make a new register with these facts about its state.

        Raises:
            StateRefused: the database cannot be reached, or holds a register already.
        """
        place.make()
        engine = place.connect()
        rows = {"schema": schema.VERSION, grants.TOTAL: "0", **facts}
        try:
            with _transaction(engine, "making", place) as connection:
                if engine.dialect.has_table(connection, schema.meta.name):
                    raise StateRefused("register_taken", path=place)
                schema.metadata.create_all(connection)
                connection.execute(
                    insert(schema.meta), [{"name": name, "value": rows[name]} for name in sorted(rows)]
                )
        finally:
            engine.dispose()
        return cls(place)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view.

        Raises:
            StateRefused: the database cannot be reached.
        """
        with _transaction(self._engine, "reading", self.place) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is durable on leaving, or none of it happened.

        Raises:
            StateRefused: the database cannot be reached or written.
        """
        with _transaction(self._engine, "writing", self.place) as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """On PostgreSQL, hold its publishing lock, one run of all machines at a time; it dies with it."""
        if self._engine.dialect.name != "postgresql":
            yield
            return
        with translated(self.place):
            connection = self._engine.connect().execution_options(
                isolation_level="AUTOCOMMIT", **{MODE: "making"}
            )
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_PUBLISHING})")
        try:
            yield
        finally:
            with suppress(DBAPIError):
                connection.invalidate()  # the session ends here, and its lock with it
                connection.close()

    def pragma(self, name: str) -> int | str:
        """Read a setting of SQLite on a live connection."""
        with self.reading() as connection:
            value: int | str = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        return value

    @property
    def engine(self) -> Engine:
        """For harnesses that listen to commits."""
        return self._engine

    def close(self) -> None:
        self._engine.dispose()

    def _facts(self) -> dict[str, str]:
        try:
            with self._engine.connect().execution_options(**{MODE: "reading"}) as connection:
                return {row.name: row.value for row in connection.execute(select(schema.meta))}
        except DatabaseError as error:
            self.close()
            if self.place.is_remote and isinstance(error, OperationalError):
                raise unreachable(self.place, error) from error
            raise StateRefused("register_foreign", path=self.place) from error


@contextmanager
def _transaction(engine: Engine, mode: Mode, place: Place) -> Iterator[Connection]:
    with translated(place), engine.connect() as connection:
        connection = connection.execution_options(**{MODE: mode})
        with connection.begin():
            yield connection


@contextmanager
def translated(place: Place) -> Iterator[None]:
    """Turn what the database says of itself (full, read-only, gone) into this room's sentence."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise unreachable(place, error) from error


def unreachable(place: Place, error: DBAPIError) -> StateRefused:
    """The refusal for a database that does not answer or cannot write; its reason is the first line."""
    said = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
    code = "register_unreachable" if place.is_remote else "register_unwritable"
    return StateRefused(code, path=place, reason=said[0][:120])
