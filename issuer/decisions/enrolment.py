"""Enrolling people: one decision for a whole file; the same file again changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from issuer.register import audit, people
from issuer.register.people import Enrolment
from issuer.register.vault import State


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Numbers of people who were new, changed, or already as the file says."""

    new: tuple[int, ...]
    changed: tuple[int, ...]
    unchanged: tuple[int, ...]


def enrol(state: State, enrolments: Sequence[Enrolment], now: int, *, dry_run: bool = False) -> Enrolled:
    """Enrol people; with `dry_run`, only tell what would change."""
    if dry_run:
        with state.register.reading() as connection:
            changes = people.compare(connection, enrolments)
    else:
        with state.register.writing() as connection:
            changes = enrol_all(connection, state.identity, enrolments, now)
    new, changed, unchanged = (
        tuple(enrolment.number for enrolment in changes[change]) for change in ("new", "changed", "unchanged")
    )
    return Enrolled(new, changed, unchanged)


def enrol_all(
    connection: Connection, identity: str, enrolments: Sequence[Enrolment], now: int
) -> dict[people.Change, list[Enrolment]]:
    """Enrol people in a transaction that is open already; return what changed."""
    changes = people.compare(connection, enrolments)
    people.store(connection, changes)
    touched = sorted(one.number for change in ("new", "changed") for one in changes[change])
    if touched:
        detail = {
            "new": len(changes["new"]),
            "changed": len(changes["changed"]),
            # Numbers only: a person who is erased later leaves nothing readable in the log.
            "numbers": hashlib.sha256(repr(touched).encode()).hexdigest(),
        }
        audit.append(connection, identity, now, "enrol", detail)
    return changes
