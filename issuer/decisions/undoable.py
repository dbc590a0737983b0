"""What a click does: one transaction in the register, counted once, undone at will."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal, cast, get_args

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from issuer.errors import IssuerError
from issuer.register import audit, grants, people, schema
from issuer.register.people import Enrolment, Person
from issuer.register.vault import State

Kind = Literal["enrol", "correct", "renew", "close", "replace", "import"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
KEPT_SECONDS: Final = 86_400  # what stood before holds personal data: it goes after a day, and undo with it


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was done.

    Attributes:
        token: of the form that asked for it.
        number: of the person, or of the first of several; `count` says how many.
        undoable: what stood before is still known, and it was not undone.
    """

    token: str
    at: int
    kind: Kind
    number: int | None
    count: int
    undone: int | None
    undoable: bool


def prepare(state: State, now: int) -> None:
    """Forget what stood before, once it is older than a day."""
    with state.register.writing() as connection:
        old = schema.actions.c.at < now - KEPT_SECONDS
        connection.execute(update(schema.actions).where(old).values(people=None))


def perform(
    state: State,
    token: str,
    kind: Kind,
    numbers: Iterable[int],
    now: int,
    change: Callable[[Connection], object],
) -> Action:
    """Do `change` to these people and note how to undo it, in one transaction.

    A token that was seen before changes nothing: a form sent twice, or again after a crash, counts once.
    """
    wanted = sorted(set(numbers))
    with state.register.writing() as connection:
        if (done := _find(connection, token)) is not None:
            return done
        before, last = people.find(connection, wanted), _last_revocation(connection)
        change(connection)
        after = people.find(connection, wanted)
        touched = [number for number in wanted if before.get(number) != after.get(number)]
        record = {
            "before": [[number, _packed(before.get(number))] for number in touched],
            "after": [[number, _packed(after.get(number))] for number in touched],
            "revoked_after": last,
        }
        position = connection.execute(select(func.max(schema.actions.c.number))).scalar() or 0
        row = {"token": token, "number": position + 1, "at": now, "kind": kind, "count": len(touched)}
        connection.execute(insert(schema.actions), {**row, "people": json.dumps(record)})
        done = _find(connection, token)
    assert done is not None
    return done


def undo(state: State, token: str, now: int) -> Action:
    """Put everything back as it was before an action; a second time changes nothing.

    Raises:
        IssuerError: nothing of the kind is known any more, a person was changed since, or has a card already.
    """
    with state.register.writing() as connection:
        done = _find(connection, token)
        if done is None or (done.undone is None and not done.undoable):
            raise IssuerError("undo_unknown")
        if done.undone is not None:
            return done
        record = json.loads(_people(connection, token))
        before, after = (
            {number: _unpacked(person) for number, person in record[key]} for key in ("before", "after")
        )
        _refuse_if_moved_on(connection, before, after)
        _withdraw_revocations(connection, after, record["revoked_after"])
        for number, person in before.items():
            people.restore(connection, number, person)
        connection.execute(update(schema.actions).where(schema.actions.c.token == token).values(undone=now))
        audit.append(connection, state.identity, now, "undo", {"kind": done.kind, "people": len(before)})
        done = _find(connection, token)
    assert done is not None
    return done


def find(connection: Connection, token: str) -> Action | None:
    """The action of a form's token, if it was done."""
    return _find(connection, token)


def latest(connection: Connection, count: int) -> list[Action]:
    """What was done last, newest first."""
    table = schema.actions
    rows = connection.execute(select(table).order_by(table.c.number.desc()).limit(count))
    return [_action(row) for row in rows]


def forget(connection: Connection, numbers: Sequence[int]) -> None:
    """Forget what stood before of every action on one of these people: they are being erased."""
    wanted = set(numbers)
    table = schema.actions
    for row in connection.execute(select(table).where(table.c.people.is_not(None))).all():
        if wanted & {number for number, _ in json.loads(row.people)["before"]}:
            connection.execute(update(table).where(table.c.token == row.token).values(people=None))


def _refuse_if_moved_on(
    connection: Connection, before: dict[int, Person | None], after: dict[int, Person | None]
) -> None:
    found = people.find(connection, after)
    if any(found.get(number) != person for number, person in after.items()):
        raise IssuerError("undo_changed")
    granted = grants.of_people(connection, after)
    for number, person in before.items():
        cards = [grant.card for grant in granted.get(number, ())]
        if any(person is None or card > person.card for card in cards):
            raise IssuerError("undo_issued", number=number)


def _withdraw_revocations(connection: Connection, numbers: Iterable[int], last: int) -> None:
    table = schema.revocations
    since = (table.c.number > last) & table.c.person.in_(list(numbers))
    connection.execute(delete(table).where(since))


def _last_revocation(connection: Connection) -> int:
    return connection.execute(select(func.max(schema.revocations.c.number))).scalar() or 0


def _find(connection: Connection, token: str) -> Action | None:
    row = connection.execute(select(schema.actions).where(schema.actions.c.token == token)).first()
    return None if row is None else _action(row)


def _people(connection: Connection, token: str) -> str:
    statement = select(schema.actions.c.people).where(schema.actions.c.token == token)
    return str(connection.execute(statement).scalar_one())


def _action(row: Row[Any]) -> Action:
    known = json.loads(row.people)["after"] if row.people else []
    first = known[0][0] if known else None
    undoable = row.undone is None and bool(known)
    return Action(row.token, row.at, cast(Kind, row.kind), first, row._mapping["count"], row.undone, undoable)


def _packed(person: Person | None) -> dict[str, object] | None:
    if person is None:
        return None
    fields = asdict(person.enrolment)
    fields["right_until"] = person.enrolment.right_until.isoformat()
    return {**fields, "card": person.card, "closed": person.closed}


def _unpacked(fields: dict[str, Any] | None) -> Person | None:
    if fields is None:
        return None
    card, closed = fields.pop("card"), fields.pop("closed")
    until = date.fromisoformat(fields.pop("right_until"))
    return Person(Enrolment(**fields, right_until=until), card, closed)
