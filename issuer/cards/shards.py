"""Shards: some people's cards, made by one pure function wherever it runs, and put in place here.

The same shard gives the same bytes; done twice, it changes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from cje.files import Staging
from issuer.cards import pack_file as pack
from issuer.cards.card import Press
from issuer.cards.engines import Engine, Here
from issuer.cards.seal import place_of, seal
from issuer.errors import KeyRefused
from issuer.keys import leaving
from issuer.keys.leaving import Parcel
from issuer.keys.token import TokenSigner
from issuer.register.grants import Grant
from issuer.register.people import Person
from voucher import activation

_WRITERS: Final = 4
SIZE: Final = 250  # people: a second's work, lost at most when a worker dies


@dataclass(frozen=True, slots=True)
class Card:
    """A card that was put in place, and how it reaches its holder.

    Attributes:
        code: the activation code in five groups. Whoever has it has the card.
        link: the address that opens it.
        file: the bundle's address below the site.
    """

    number: int
    first_name: str | None
    code: str = field(repr=False)
    link: str = field(repr=False)
    file: str
    entries: int
    vouchers: int


@dataclass(frozen=True, slots=True)
class Shard:
    """Some people, and what the register says of them.

    Attributes:
        pack: its number, where their cards stand in one pack; None: a file each.
        serials: which cards of each person stand in this pack.
    """

    people: Sequence[Person]
    granted: Mapping[int, Sequence[Grant]]
    codes: Mapping[tuple[int, int], str]
    pack: int | None = None
    serials: Mapping[int, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A shard's cards, and the files that go below the site: (name, bytes), or None for one to remove."""

    cards: Sequence[Card]
    files: Sequence[tuple[str, bytes | None]]


def make(press: Press, base_url: str, shard: Shard) -> Made:
    """Make and seal the cards of a shard, those that a newer one replaced too. Pure."""
    cards: list[Card] = []
    files: list[tuple[str, bytes]] = []
    for person in shard.people:
        for serial in shard.serials.get(person.number, range(1, person.card + 1)):
            if serial != person.card:
                closed = press.closed_card(replace(person, card=serial))
                files.append(seal(closed.code, closed.content))
                continue
            card = press.card(person, shard.granted.get(person.number, ()), shard.codes)
            files.append(seal(card.code, card.content))
            grouped = activation.grouped(card.code)
            cards.append(
                Card(
                    number=person.number,
                    first_name=person.enrolment.first_name,
                    code=grouped,
                    link=link_of(base_url, grouped),
                    file=files[-1][0],
                    entries=card.entries,
                    vouchers=card.vouchers,
                )
            )
    if shard.pack is None:
        return Made(cards, files)
    together = pack.encode((place_of(name), file) for name, file in files) if files else None
    return Made(cards, [(pack.name_of(shard.pack), together)])


def cut(
    people: Sequence[Person],
    granted: Mapping[int, Sequence[Grant]],
    codes: Mapping[tuple[int, int], str],
    progress: Callable[[Sequence[int]], Iterable[int]],
) -> Iterator[Shard]:
    """Cut a run into shards."""
    of_person: dict[int, dict[tuple[int, int], str]] = {}
    for place, code in codes.items():
        of_person.setdefault(place[0], {})[place] = code
    for start in progress(range(0, len(people), SIZE)):
        page = people[start : start + SIZE]
        some = {person.number: granted[person.number] for person in page if person.number in granted}
        theirs = {place: code for one in page for place, code in of_person.get(one.number, {}).items()}
        yield Shard(page, some, theirs)


def check_keys(engine: Engine | None) -> None:
    """Refuse, before anything is decided, an engine that would need keys elsewhere.

    Raises:
        KeyRefused: the operator did not let them leave.
    """
    if engine is not None and engine.elsewhere and not engine.keys_may_leave:
        raise KeyRefused("keys_stay_here")


def put_shards(
    engine: Engine, staging: Staging, press: Press, shards: Iterable[Shard], base_url: str
) -> Iterator[Card]:
    """Make every shard wherever the engine works, put its files in place, give its cards in the order given.

    Processes of this machine inherit press and keys, and write for themselves. Other machines get keys only
    where the operator said so, and send files back: this one writes them.

    Raises:
        KeyRefused: the engine works elsewhere, and keys stay here.
    """
    if not engine.elsewhere and any(isinstance(key.signer, TokenSigner) for key in press.keys.values()):
        engine = Here()  # a token's session does not live on in a forked process
    if engine.elsewhere:
        check_keys(engine)
        returned = engine.run(partial(_make_there, leaving.pack((press, base_url))), _gather(shards))
        for cards in _written(staging, (made for some in returned for made in some)):
            yield from cards
    else:

        def work(some: Sequence[Shard]) -> list[Card]:
            return [card for shard in some for card in _put(staging, make(press, base_url, shard))]

        for cards in engine.run(work, _gather(shards)):
            yield from cards
    staging.note_folders("w")


def _gather(shards: Iterable[Shard]) -> Iterator[list[Shard]]:
    """Small packs together, so that giving work out costs little beside it."""
    some: list[Shard] = []
    for shard in shards:
        some.append(shard)
        if sum(len(one.people) for one in some) >= SIZE:
            yield some
            some = []
    if some:
        yield some


def _written(staging: Staging, made: Iterable[Made]) -> Iterator[Sequence[Card]]:
    """Put in place what comes back, in order; waiting for the disk keeps nobody else waiting."""
    waiting: deque[Future[Sequence[Card]]] = deque()
    with ThreadPoolExecutor(_WRITERS) as writers:
        for one in made:
            waiting.append(writers.submit(_put, staging, one))
            if len(waiting) >= 2 * _WRITERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _make_there(parcel: Parcel, some: Sequence[Shard]) -> list[Made]:
    press, base_url = parcel.open()
    return [make(press, base_url, shard) for shard in some]


def _put(staging: Staging, made: Made) -> Sequence[Card]:
    for name, file in made.files:
        if file is None:
            staging.remove(name)
        else:
            staging.put(name, file)
    return made.cards


def link_of(base_url: str, grouped: str) -> str:
    """The link of an activation code (bundle-v1 §1.4)."""
    return f"{base_url.rstrip('/')}/carte/#{grouped}" if base_url else f"carte/#{grouped}"
