"""From an older register to this one: numbered steps, each in one transaction with its new number.

A step is SQL as it was on its day: it never follows the tables of `schema`, which go on changing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DatabaseError

from issuer.errors import StateRefused
from issuer.register import audit, schema
from issuer.register.address import MODE, Place
from issuer.register.transactions import translated

# By the version that a step starts from.
STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "1": (
        "CREATE INDEX people_by_reference ON people (reference)",
        "CREATE INDEX people_by_first_name ON people (first_name)",
        "CREATE INDEX stock_by_person ON stock (person)",
        "CREATE INDEX grants_by_person ON grants (person)",
        "ALTER TABLE people ADD COLUMN erased BIGINT",
        "ALTER TABLE stock ADD COLUMN spent INTEGER DEFAULT 0 NOT NULL",
        "CREATE TABLE audit_seals (number BIGINT NOT NULL, signature {bytes} NOT NULL, PRIMARY KEY (number))",
        "CREATE TABLE retired (number BIGINT NOT NULL, card INTEGER NOT NULL, PRIMARY KEY (number))",
    ),
    "2": (
        "CREATE TABLE actions (token VARCHAR(64) NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, "
        "kind VARCHAR(20) NOT NULL, count INTEGER NOT NULL, people TEXT, undone BIGINT, PRIMARY KEY (token), "
        "UNIQUE (number))",
    ),
}
_BYTES: Final = {"sqlite": "BLOB", "postgresql": "BYTEA"}


def migrate(place: Place, now: int) -> tuple[str, str]:
    """Bring a register to this version, and return its version before and after; the same twice is no fault.

    A file is copied beside itself first (`register.sqlite.v1`).

    Raises:
        StateRefused: no register, a newer one, or it cannot be reached or written.
    """
    place.refuse_unsafe()
    engine = place.connect()
    try:
        with translated(place), engine.connect().execution_options(**{MODE: "making"}) as connection:
            with connection.begin():
                before = version = _version(connection, place)
            if version != schema.VERSION and version not in STEPS:
                raise StateRefused("register_newer", path=place, found=version)
            if version in STEPS:
                _copy(place, version, connection)
            while version in STEPS:
                with connection.begin():
                    version = _step(connection, version, now)
        return before, version
    finally:
        engine.dispose()


def _step(connection: Connection, version: str, now: int) -> str:
    for statement in STEPS[version]:
        connection.exec_driver_sql(statement.format(bytes=_BYTES[connection.dialect.name]))
    after = str(int(version) + 1)
    meta = schema.meta
    connection.execute(update(meta).where(meta.c.name == "schema").values(value=after))
    identity = connection.execute(select(meta.c.value).where(meta.c.name == "identity")).scalar_one()
    audit.append(connection, identity, now, "migrate", {"schema": after})
    return after


def _version(connection: Connection, place: Place) -> str:
    meta = schema.meta
    try:
        found = connection.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar_one_or_none()
    except DatabaseError as error:
        raise StateRefused("register_foreign", path=place) from error
    return str(found)


def _copy(place: Place, version: str, connection: Connection) -> None:
    """Keep an SQLite as it was; of a PostgreSQL its administrator has backups."""
    if not isinstance(place.where, Path):
        return
    target = place.where.with_name(f"{place.where.name}.v{version}")
    target.unlink(missing_ok=True)  # of a migration that was stopped: the register is still of that version
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("VACUUM INTO ?", (str(target),))
