"""One person's entry: enrol, correct, renew. Each is one decision, and one row in the audit log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection, or_, select

from issuer.decisions.enrolment import enrol_all
from issuer.decisions.enrolment_csv import check_person
from issuer.errors import IssuerError
from issuer.register import people, schema
from issuer.register.people import Enrolment, Person
from issuer.register.vault import State

MAX_FOUND = 200


def enrol_one(state: State, enrolment: Enrolment, now: int) -> None:
    """Enrol somebody who is not yet.

    Raises:
        IssuerError: the number is somebody's.
    """
    with state.register.writing() as connection:
        enrol_within(connection, state.identity, enrolment, now)


def enrol_within(connection: Connection, identity: str, enrolment: Enrolment, now: int) -> None:
    """`enrol_one` in a transaction that is open already."""
    if people.find(connection, (enrolment.number,)):
        raise IssuerError("person_exists", number=enrolment.number)
    enrol_all(connection, identity, (enrolment,), now)


def correct(
    state: State,
    number: int,
    cells: Mapping[str, str],
    *,
    programmes: Collection[str],
    today: date,
    now: int,
) -> Enrolment:
    """Change what is known of a person; return it as it is now. The card's next making shows it.

    Args:
        cells: by column of the people's CSV; an empty one forgets.
        today: an end of right before it is refused; the one that stands may be over.

    Raises:
        IssuerError: nobody has this number. InputRefused: with every problem.
    """
    with state.register.writing() as connection:
        after = corrected(the(connection, number).enrolment, cells, programmes, today)
        enrol_all(connection, state.identity, (after,), now)
    return after


def corrected(
    before: Enrolment, cells: Mapping[str, str], programmes: Collection[str], today: date
) -> Enrolment:
    """A person with these cells changed; see `correct`."""
    # What stands is not judged again: a name may be corrected after the right ended.
    same_day = cells.get("fin_de_droit", before.right_until.isoformat()) == before.right_until.isoformat()
    oldest = min(today, before.right_until) if same_day else today
    return check_person({**as_cells(before), **cells}, _shown(before.number), programmes, oldest)


def renew(
    state: State, number: int, until: str, *, programmes: Collection[str], today: date, now: int
) -> Enrolment:
    """Give a person a later end of right; return the person as enrolled now.

    Raises:
        IssuerError: nobody has this number, the card is closed, or the day is not later.
        InputRefused: it is no day to come.
    """
    with state.register.writing() as connection:
        after = renewed(the(connection, number), until, programmes, today)
        enrol_all(connection, state.identity, (after,), now)
    return after


def renewed(person: Person, until: str, programmes: Collection[str], today: date) -> Enrolment:
    """A person with a later end of right; see `renew`."""
    if person.closed is not None:
        raise IssuerError("person_closed", number=person.number)
    before = person.enrolment
    cells = {**as_cells(before), "fin_de_droit": until}
    after = check_person(cells, _shown(person.number), programmes, today)
    if after.right_until <= before.right_until:
        raise IssuerError("renewal_not_later", number=person.number, until=before.right_until)
    return after


def the(connection: Connection, number: int) -> Person:
    """The person of this number.

    Raises:
        IssuerError: nobody has it.
    """
    found = people.find(connection, (number,)).get(number)
    if found is None:
        raise IssuerError("person_unknown", number=number)
    return found


def search(connection: Connection, wanted: str) -> list[Person]:
    """People by number, by whole reference or by whole first name; by number, at most `MAX_FOUND`."""
    table = schema.people
    matches = [table.c.reference == wanted, table.c.first_name == wanted]
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= len(str(2**40)):
        matches.append(table.c.number == int(wanted))
    statement = select(table.c.number).where(or_(*matches)).order_by(table.c.number).limit(MAX_FOUND)
    found = people.find(connection, connection.scalars(statement))
    return [found[number] for number in sorted(found)]


def as_cells(enrolment: Enrolment) -> dict[str, str]:
    """A person as a line of the CSV."""
    return {
        "numero": str(enrolment.number),
        "programme": enrolment.programme,
        "fin_de_droit": enrolment.right_until.isoformat(),
        "departement": enrolment.department or "",
        "commune": enrolment.commune or "",
        "prenom": enrolment.first_name or "",
        "reference": enrolment.reference or "",
    }


def _shown(number: int) -> str:
    return f"n° {number}"
