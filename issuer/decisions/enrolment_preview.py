"""What enrolling would change, person by person: shown before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from issuer.register import people
from issuer.register.people import Enrolment
from issuer.register.vault import State

FIELDS = ("programme", "right_until", "department", "commune", "first_name", "reference")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one person: what the register says, and what it would say."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Previewed:
    """One person of a file.

    Attributes:
        differences: of a person who would be changed; empty for the others.
        closed: the card is closed and stays so: no card is made until it is replaced.
    """

    number: int
    change: Literal["new", "changed", "unchanged"]
    differences: tuple[Difference, ...] = ()
    closed: bool = False


def preview(state: State, enrolments: Sequence[Enrolment]) -> list[Previewed]:
    """Compare with the register, in the order given; nothing is written."""
    with state.register.reading() as connection:
        known = people.find(connection, (one.number for one in enrolments))
    return [_compare(known.get(one.number), one) for one in enrolments]


def _compare(person: people.Person | None, wanted: Enrolment) -> Previewed:
    if person is None:
        return Previewed(wanted.number, "new")
    pairs = ((field, getattr(person.enrolment, field), getattr(wanted, field)) for field in FIELDS)
    found = tuple(Difference(field, _shown(old), _shown(new)) for field, old, new in pairs if old != new)
    return Previewed(wanted.number, "changed" if found else "unchanged", found, person.closed is not None)


def _shown(value: object) -> str:
    return "" if value is None else str(value)
