"""Grants: the decision that a card holds these offers of a campaign, signed by this key.

Recorded before anything is written (promise P13).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from issuer.register import schema

TOTAL: Final = "grants_total"  # in the table of facts
_MODULUS: Final = 1 << 2048
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Grant:
    """One decision.

    Attributes:
        card: serial of the person's card.
        kid: 8 hexadecimal digits of the issuing key, kept for good: a till counts uses by (kid, cti).
        offers: numbers, sorted; an offer once granted stays, so that its voucher can be revoked.
    """

    campaign: str
    person: int
    card: int
    kid: str
    offers: tuple[int, ...]

    @property
    def place(self) -> tuple[str, int, int]:
        return self.campaign, self.person, self.card


def of_people(connection: Connection, people: Iterable[int]) -> dict[int, list[Grant]]:
    """All grants of these people, of all campaigns and cards, by person."""
    wanted = sorted(set(people))
    found: dict[int, list[Grant]] = {}
    for start in range(0, len(wanted), _CHUNK):
        table = schema.grants
        statement = select(table).where(table.c.person.in_(wanted[start : start + _CHUNK]))
        for row in connection.execute(statement.order_by(table.c.person, table.c.campaign, table.c.card)):
            found.setdefault(row.person, []).append(_grant(row))
    return found


def holders(connection: Connection, campaign: str) -> set[tuple[int, int]]:
    """(person, card) of all who hold something of a campaign."""
    table = schema.grants
    rows = connection.execute(select(table.c.person, table.c.card).where(table.c.campaign == campaign))
    return {(row.person, row.card) for row in rows}


def every(connection: Connection) -> Iterator[Grant]:
    """All grants, by person."""
    table = schema.grants
    for row in connection.execute(select(table).order_by(table.c.person, table.c.campaign, table.c.card)):
        yield _grant(row)


def store(
    connection: Connection, new: Sequence[Grant], changed: Sequence[Grant], before: Iterable[Grant]
) -> str:
    """Write decisions, in the transaction that appends them to the audit log; return the total for it.

    Args:
        before: what the `changed` ones replace.
    """
    if new:
        connection.execute(insert(schema.grants), [_row(grant) for grant in new])
    if changed:
        table = schema.grants
        statement = (
            update(table)
            .where(table.c.campaign == bindparam("in_campaign"))
            .where(table.c.person == bindparam("of_person"))
            .where(table.c.card == bindparam("on_card"))
            .values(kid=bindparam("kid"), offers=bindparam("offers"))
        )
        rows = [
            {
                "in_campaign": grant.campaign,
                "of_person": grant.person,
                "on_card": grant.card,
                "kid": grant.kid,
                "offers": _offers_text(grant.offers),
            }
            for grant in changed
        ]
        connection.execute(statement, rows)
    return _add(connection, _sum((*new, *changed)) - _sum(before))


def forget(connection: Connection, numbers: Sequence[int]) -> str:
    """Delete all grants of these people; return the total without them, for the audit log."""
    gone = sum(_sum(of_one) for of_one in of_people(connection, numbers).values())
    table = schema.grants
    for start in range(0, len(numbers), _CHUNK):
        connection.execute(delete(table).where(table.c.person.in_(numbers[start : start + _CHUNK])))
    return _add(connection, -gone)


def recount(connection: Connection) -> str:
    """The total of what the table holds now, as `store` returned it when nothing was edited since."""
    return _digest(_sum(every(connection)))


def _add(connection: Connection, difference: int) -> str:
    total = (_kept_total(connection) + difference) % _MODULUS
    connection.execute(update(schema.meta).where(schema.meta.c.name == TOTAL).values(value=f"{total:x}"))
    return _digest(total)


def _kept_total(connection: Connection) -> int:
    value = connection.execute(select(schema.meta.c.value).where(schema.meta.c.name == TOTAL)).scalar_one()
    return int(value, 16)


def _sum(grants: Iterable[Grant]) -> int:
    """A hash of a set that adds and takes away (AdHash, Bellare and Micciancio 1997; 2,048 bits).

    The audit log can so vouch for millions of decisions without reading them all at each new one.
    """
    return sum(int.from_bytes(hashlib.shake_256(repr(_row(grant)).encode()).digest(256)) for grant in grants)


def _digest(total: int) -> str:
    return hashlib.sha256(f"{total % _MODULUS:x}".encode()).hexdigest()


def _offers_text(offers: tuple[int, ...]) -> str:
    return ",".join(map(str, offers))


def _row(grant: Grant) -> dict[str, object]:
    return {
        "campaign": grant.campaign,
        "person": grant.person,
        "card": grant.card,
        "kid": grant.kid,
        "offers": _offers_text(grant.offers),
    }


def _grant(row: Row[Any]) -> Grant:
    return Grant(row.campaign, row.person, row.card, row.kid, _numbers(row.offers))


@lru_cache(maxsize=4096)
def _numbers(listed: str) -> tuple[int, ...]:
    """One tuple for all who have the same: a hundred thousand people would take 80 MB."""
    return tuple(int(number) for number in listed.split(",") if number)
