"""What the register holds, cut into shards: by number for a file each, by place for packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from issuer.cards import layout
from issuer.cards.layout import Members
from issuer.cards.shards import SIZE, Shard
from issuer.keys.derive import CampaignSecret
from issuer.register import grants, imported_codes, people, schema
from issuer.register.grants import Grant
from issuer.register.people import Person
from issuer.register.vault import State

Serials = Mapping[int, Sequence[int]]
CLOSED_DAYS: Final = 60  # a closed card says so for this long, then its file goes
_DAY: Final = 86_400


def numbers(state: State, now: int) -> list[Sequence[int]]:
    """Numbers of those who have a file, in pages."""
    found = [number for number, _ in _serials(state, now)]
    return [found[start : start + SIZE] for start in range(0, len(found), SIZE)]


def pages(state: State, wanted: Iterable[Sequence[int]]) -> Iterator[Shard]:
    """A shard for each page of numbers, read when it is its turn."""
    for page in wanted:
        yield _read(state, page).shard(page)


def members(state: State, secret: CampaignSecret, now: int) -> Members:
    """Who is in which pack, earlier cards too."""
    return layout.members(_serials(state, now), secret)


def packs(state: State, sorted_out: Members, wanted: Iterable[int]) -> Iterator[Shard]:
    """A shard for each pack, read when it is its turn, small ones several at a time."""
    for some in _together((number, sorted_out.of_pack(number)) for number in wanted):
        held = _read(state, [person for _, serials in some for person in serials])
        for number, serials in some:
            yield held.shard(list(serials), number, serials)


def long_closed(now: int) -> ColumnElement[bool]:
    """Whether a person's card was closed so long ago that its file goes."""
    return schema.people.c.closed < now - CLOSED_DAYS * _DAY


def _together(numbered: Iterable[tuple[int, Serials]]) -> Iterator[list[tuple[int, Serials]]]:
    some: list[tuple[int, Serials]] = []
    for one in numbered:
        some.append(one)
        if sum(len(serials) for _, serials in some) >= SIZE:
            yield some
            some = []
    if some:
        yield some


@dataclass(frozen=True, slots=True)
class _Held:
    """What the register says of some people."""

    people: Mapping[int, Person]
    granted: Mapping[int, Sequence[Grant]]
    codes: Mapping[int, Mapping[tuple[int, int], str]]

    def shard(self, wanted: Sequence[int], pack: int | None = None, serials: Serials | None = None) -> Shard:
        """The shard of some of them, in this order."""
        present = [self.people[number] for number in wanted if number in self.people]
        granted = {number: self.granted[number] for number in wanted if number in self.granted}
        codes = {place: code for number in wanted for place, code in self.codes.get(number, {}).items()}
        return Shard(present, granted, codes, pack, serials or {})


def _read(state: State, wanted: Sequence[int]) -> _Held:
    with state.register.reading() as connection:
        found = people.find(connection, wanted)
        granted = grants.of_people(connection, wanted)
        codes: dict[int, dict[tuple[int, int], str]] = {}
        for place, code in imported_codes.held(connection, wanted).items():
            codes.setdefault(place[0], {})[place] = code
    return _Held(found, granted, codes)


def _serials(state: State, now: int) -> Iterator[tuple[int, int]]:
    """(number, serial of the last card) of those who have a file, by number."""
    table = schema.people
    statement = select(table.c.number, table.c.card).order_by(table.c.number)
    shown = or_(table.c.closed.is_(None), ~long_closed(now))
    with state.register.reading() as connection:
        for row in connection.execution_options(yield_per=10_000).execute(statement.where(shown)):
            yield row.number, row.card
