"""What the register holds, cut into shards: by number for a file each, by place for packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from issuer import grants, layout, people, schema, stock
from issuer.derive import CampaignSecret
from issuer.layout import Members
from issuer.shards import SIZE, Shard
from issuer.state import State

CLOSED_DAYS: Final = 60  # a closed card says so for this long, then its file goes
_DAY: Final = 86_400


def numbers(state: State, now: int) -> list[Sequence[int]]:
    """Numbers of those who have a file, in pages."""
    found = [number for number, _ in _serials(state, now)]
    return [found[start : start + SIZE] for start in range(0, len(found), SIZE)]


def pages(state: State, wanted: Iterable[Sequence[int]]) -> Iterator[Shard]:
    """A shard for each page of numbers, read when it is its turn."""
    return (_shard(state, page) for page in wanted)


def members(state: State, secret: CampaignSecret, now: int) -> Members:
    """Who is in which pack, earlier cards too."""
    return layout.members(_serials(state, now), secret)


def packs(state: State, sorted_out: Members, wanted: Iterable[int]) -> Iterator[Shard]:
    """A shard for each pack, read when it is its turn."""
    for number in wanted:
        serials = sorted_out.of_pack(number)
        yield _shard(state, list(serials), number, serials)


def long_closed(now: int) -> ColumnElement[bool]:
    """Whether a person's card was closed so long ago that its file goes."""
    return schema.people.c.closed < now - CLOSED_DAYS * _DAY


def _shard(
    state: State,
    wanted: Sequence[int],
    pack: int | None = None,
    serials: Mapping[int, Sequence[int]] | None = None,
) -> Shard:
    with state.register.reading() as connection:
        found = people.find(connection, wanted)
        granted = grants.of_people(connection, wanted)
        codes = stock.held(connection, wanted)
    present = [found[number] for number in wanted if number in found]
    return Shard(present, granted, codes, pack, serials or {})


def _serials(state: State, now: int) -> Iterator[tuple[int, int]]:
    """(number, serial of the last card) of those who have a file, by number."""
    table = schema.people
    statement = select(table.c.number, table.c.card).order_by(table.c.number)
    shown = or_(table.c.closed.is_(None), ~long_closed(now))
    with state.register.reading() as connection:
        for row in connection.execution_options(yield_per=10_000).execute(statement.where(shown)):
            yield row.number, row.card
