"""Forgetting people: one on request, or all whose right ended long ago.

What goes is everything about the person. What stays, as long as a till may still meet one of their
vouchers, is what revoking it needs: number, programme, grants. After that a number and a card's serial stay,
so that an old code never opens the card of whoever gets the number next. The audit log stays whole: it names
numbers only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from issuer.decisions import undoable
from issuer.decisions.person import the
from issuer.register import audit, grants, people, revocation, schema
from issuer.register import campaign as campaigns
from issuer.register.campaign import Campaign
from issuer.register.people import Person
from issuer.register.vault import State
from voucher import civil

KEPT_DAYS: Final = 180  # after the end of the right: time for reconciliation and complaints
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """Numbers of those of whom nothing is left, and of those who are nameless until their vouchers end."""

    gone: tuple[int, ...]
    nameless: tuple[int, ...]


def erase(state: State, number: int, now: int) -> Erased:
    """Forget a person: the card is revoked and closed if it was not.

    Raises:
        IssuerError: nobody has this number.
    """
    with state.register.writing() as connection:
        person = the(connection, number)
        if person.closed is None:
            revocation.revoke_card(connection, person, None, now)
            people.close(connection, person, now)
        return _forget(connection, state, [person], now, "erase")


def retain(state: State, now: int, *, days: int = KEPT_DAYS, dry_run: bool = False) -> Erased:
    """Forget everybody whose right ended more than `days` days ago, and finish what `erase` began.

    Raises:
        StateRefused: the register cannot be reached or written.
    """
    limit = civil.day_of(now) - timedelta(days=days)
    if dry_run:
        with state.register.reading() as connection:
            due = _due(connection, limit)
            return _sort(connection, due, now)
    with state.register.writing() as connection:
        return _forget(connection, state, _due(connection, limit), now, "retention")


def _due(connection: Connection, limit: date) -> list[Person]:
    """People past the limit, and those who asked and are nameless since."""
    table = schema.people
    wanted = (table.c.right_until < limit) | table.c.erased.is_not(None)
    found = people.find(connection, connection.scalars(select(table.c.number).where(wanted)))
    return [found[number] for number in sorted(found)]


def _sort(connection: Connection, due: Sequence[Person], now: int) -> Erased:
    """Who can go whole: no till can meet a voucher of theirs any more."""
    known = campaigns.read(connection)
    live = {name for name, campaign in known.items() if _is_live(campaign, now)}
    held = grants.of_people(connection, (person.number for person in due))
    bound = {number for number, of_one in held.items() if any(grant.campaign in live for grant in of_one)}
    gone = tuple(person.number for person in due if person.number not in bound)
    return Erased(gone, tuple(person.number for person in due if person.number in bound))


def _is_live(campaign: Campaign, now: int) -> bool:
    return now < campaign.end


def _forget(connection: Connection, state: State, due: Sequence[Person], now: int, kind: str) -> Erased:
    erased = _sort(connection, due, now)
    if not due:
        return erased
    undoable.forget(connection, [person.number for person in due])
    serials = {person.number: person.card for person in due}
    for numbers in _chunks(erased.nameless):
        blank = {"reference": None, "department": None, "commune": None, "first_name": None, "erased": now}
        connection.execute(update(schema.people).where(schema.people.c.number.in_(numbers)).values(blank))
    total = grants.forget(connection, erased.gone)
    for numbers in _chunks(erased.gone):
        connection.execute(delete(schema.revocations).where(schema.revocations.c.person.in_(numbers)))
        spent = update(schema.stock).where(schema.stock.c.person.in_(numbers))
        connection.execute(spent.values(person=None, spent=1))
        connection.execute(delete(schema.people).where(schema.people.c.number.in_(numbers)))
        rows = [{"number": number, "card": serials[number]} for number in numbers]
        connection.execute(insert(schema.retired), rows)
    detail = {"gone": len(erased.gone), "nameless": len(erased.nameless), "total": total}
    audit.append(connection, state.identity, now, kind, detail)
    return erased


def _chunks(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))
