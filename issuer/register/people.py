"""People in the register: a number, a programme, a place, an end of right; nothing that is not needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from issuer.register import schema

Change = Literal["new", "changed", "unchanged"]
_CHUNK = 500  # SQLite's default is 999 variables a statement on old builds


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a counsellor decides about a person.

    Attributes:
        number: 1..2^40, the structure's own; it never leaves the register.
        programme: slug of the catalogue.
        right_until: last day, included, Europe/Paris.
        department, commune: `95`, `95585`; offers of a territory go to those who live in it.
        first_name: shown on the card, if the person wants it.
        reference: what the structure calls the person.
    """

    number: int
    programme: str
    right_until: date
    department: str | None = None
    commune: str | None = None
    first_name: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An enrolled person: the decision, the serial of the card (from 1), and when the card was closed."""

    enrolment: Enrolment
    card: int
    closed: int | None

    @property
    def number(self) -> int:
        return self.enrolment.number


def find(connection: Connection, numbers: Iterable[int]) -> dict[int, Person]:
    """Those of these people who are enrolled, by number."""
    wanted = sorted(set(numbers))
    found: dict[int, Person] = {}
    for start in range(0, len(wanted), _CHUNK):
        statement = select(schema.people).where(schema.people.c.number.in_(wanted[start : start + _CHUNK]))
        for row in connection.execute(statement):
            found[row.number] = _person(row._mapping)
    return found


def every(connection: Connection) -> Iterator[Person]:
    """All of them, by number."""
    for row in connection.execute(select(schema.people).order_by(schema.people.c.number)):
        yield _person(row._mapping)


def compare(connection: Connection, enrolments: Sequence[Enrolment]) -> dict[Change, list[Enrolment]]:
    """Sort enrolments into new, changed and unchanged; nothing is written."""
    known = find(connection, (enrolment.number for enrolment in enrolments))
    sorted_out: dict[Change, list[Enrolment]] = {"new": [], "changed": [], "unchanged": []}
    for enrolment in enrolments:
        person = known.get(enrolment.number)
        same = person is not None and person.enrolment == enrolment
        sorted_out["new" if person is None else "unchanged" if same else "changed"].append(enrolment)
    return sorted_out


def store(connection: Connection, changes: dict[Change, list[Enrolment]]) -> None:
    """Write what `compare` found, in the same transaction."""
    if changes["new"]:
        before = _retired(connection, [enrolment.number for enrolment in changes["new"]])
        rows = [
            {**asdict(enrolment), "card": before.get(enrolment.number, 0) + 1, "closed": None}
            for enrolment in changes["new"]
        ]
        connection.execute(insert(schema.people), rows)
    if changes["changed"]:
        fields = [name for name in Enrolment.__slots__ if name != "number"]
        statement = (
            update(schema.people)
            .where(schema.people.c.number == bindparam("wanted"))
            .values({**{name: bindparam(name) for name in fields}, "erased": None})
        )
        rows = [{**asdict(enrolment), "wanted": enrolment.number} for enrolment in changes["changed"]]
        for row in rows:
            del row["number"]
        connection.execute(statement, rows)


def _retired(connection: Connection, numbers: Sequence[int]) -> dict[int, int]:
    """The last card's serial of those who were erased, by number; they leave the table as they come back."""
    table = schema.retired
    found: dict[int, int] = {}
    for start in range(0, len(numbers), _CHUNK):
        mine = table.c.number.in_(numbers[start : start + _CHUNK])
        found.update((row.number, row.card) for row in connection.execute(select(table).where(mine)))
    for start in range(0, len(numbers) if found else 0, _CHUNK):
        connection.execute(delete(table).where(table.c.number.in_(numbers[start : start + _CHUNK])))
    return found


def close(connection: Connection, person: Person, at: int) -> Person:
    """Close a person's card."""
    _set(connection, person.number, closed=at)
    return replace(person, closed=at)


def replace_card(connection: Connection, person: Person) -> Person:
    """Give a person a new card: another code, other vouchers."""
    _set(connection, person.number, card=person.card + 1, closed=None)
    return replace(person, card=person.card + 1, closed=None)


def restore(connection: Connection, number: int, before: Person | None) -> None:
    """Put a person back as before, or out of the register when there was nobody."""
    table = schema.people
    if before is None:
        card = connection.execute(
            delete(table).where(table.c.number == number).returning(table.c.card)
        ).scalar()
        if card is not None and card > 1:  # somebody before had this number
            connection.execute(insert(schema.retired), {"number": number, "card": card - 1})
    else:
        values = {**asdict(before.enrolment), "card": before.card, "closed": before.closed}
        connection.execute(update(table).where(table.c.number == number).values(**values))


def _set(connection: Connection, number: int, **values: int | None) -> None:
    connection.execute(update(schema.people).where(schema.people.c.number == number).values(**values))


def _person(row: object) -> Person:
    fields = dict(row)  # type: ignore[call-overload]
    card, closed = fields.pop("card"), fields.pop("closed")
    del fields["erased"]
    return Person(Enrolment(**fields), card, closed)
