"""Finding people: by number, reference or first name, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from desk.pages.paging import PAGE_SIZE, ListPage, nearest_page
from issuer.handover.opening import missing
from issuer.register import grants, people, schema
from issuer.register.people import Person
from issuer.register.vault import State
from voucher import civil

Status = Literal["open", "waiting", "over", "closed"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Listed:
    """A person, and how the card stands: `waiting` has none yet, `over` has no right any more."""

    person: Person
    status: Status


def search(
    state: State, wanted: str, status: Status | None, page: int, now: int, size: int = PAGE_SIZE
) -> ListPage[Listed]:
    """People whose number, reference or first name begins as `wanted`; by number.

    Args:
        page: from 1; one beyond the last is the last.
    """
    table = schema.people
    today = civil.day_of(now)
    where = and_(_matches(wanted.strip()), _has(status, today))
    with state.register.reading() as connection:
        total = connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
        page = nearest_page(page, total, size)
        rows = select(table.c.number).where(where).order_by(table.c.number)
        numbers = list(connection.scalars(rows.offset((page - 1) * size).limit(size)))
        return ListPage(tuple(listed(connection, numbers, now)), total, page, size)


def listed(connection: Connection, numbers: list[int], now: int) -> list[Listed]:
    """These people with the state of their cards, those who are enrolled."""
    found, granted = people.find(connection, numbers), grants.of_people(connection, numbers)
    shown: list[Listed] = []
    for number in numbers:
        if number in found:
            reason = missing(found[number], granted.get(number, ()), now)
            shown.append(Listed(found[number], _STATUS[reason]))
    return shown


_STATUS: Final[dict[str | None, Status]] = {
    None: "open",
    "not_issued": "waiting",
    "right_over": "over",
    "closed": "closed",
}


def _matches(wanted: str) -> ColumnElement[bool]:
    table = schema.people
    if not wanted:
        return table.c.number > 0
    begin = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    ways: list[ColumnElement[bool]] = [
        table.c.reference.ilike(begin, escape="\\"),
        table.c.first_name.ilike(begin, escape="\\"),
    ]
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= len(str(2**40)):
        ways.append(table.c.number == int(wanted))
    return or_(*ways)


def _has(status: Status | None, today: date) -> ColumnElement[bool]:
    table, granted = schema.people, schema.grants
    current = exists().where((granted.c.person == table.c.number) & (granted.c.card == table.c.card))
    is_open, in_time = table.c.closed.is_(None), table.c.right_until >= today
    match status:
        case "open":
            return and_(is_open, in_time, current)
        case "waiting":
            return and_(is_open, in_time, ~current)
        case "over":
            return and_(is_open, ~in_time)
        case "closed":
            return table.c.closed.is_not(None)
    return table.c.number > 0
