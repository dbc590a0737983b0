"""What issuing a campaign would make: people, cards, vouchers, codes, bytes. Nothing is decided or written.

Cards are made for good under a throw-away secret and key, one for each kind of person: all that is drawn has
a fixed length, so that their sizes are those of the real ones, and no passphrase is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from catalogue import Catalogue
from issuer.cards.card import IssuingKey, Press
from issuer.cards.card_template import Shelf
from issuer.cards.eligibility import Eligibility
from issuer.cards.seal import seal
from issuer.keys.derive import SECRET_SIZE, CampaignSecret
from issuer.keys.signer import SEED_SIZE, SeedSigner
from issuer.register import grants, imported_codes, issuing_keys, people
from issuer.register.campaign import Campaign
from issuer.register.grants import Grant
from issuer.register.people import Enrolment, Person
from issuer.register.vault import State
from voucher import civil

_NOBODYS: Final = CampaignSecret(bytes(SECRET_SIZE))
# As long as the longest code, so that no card turns out larger than planned.
_CODE: Final = "0" * imported_codes.MAX_CODE


@dataclass(frozen=True, slots=True)
class CodesPlanned:
    """Imported codes of one offer: how many the run gives out, and how many are in stock."""

    offer: int
    wanted: int
    left: int

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.left)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    Attributes:
        people: how many would be served.
        new: people to whom nothing of this campaign was granted yet.
        closed, over: people who get no card: it is closed, or their right is over.
        empty: people who are served and get nothing of this campaign.
        vouchers: signed ones of this campaign.
        offers: people by offer number of this campaign.
        size: of all cards' files together, in bytes, as far as this campaign fills them.
        codes: of offers whose codes are imported.
    """

    campaign: str
    people: int
    new: int
    closed: int
    over: int
    empty: int
    vouchers: int
    offers: Mapping[int, int]
    size: int
    codes: tuple[CodesPlanned, ...]


def plan(
    state: State,
    catalogue: Catalogue,
    campaign: Campaign,
    now: int,
    enrolments: Sequence[Enrolment] | None = None,
) -> Plan:
    """Count what issuing would make, for these people as they would be enrolled, or for all of the register.

    Raises:
        KeyRefused: no issuing key serves the campaign's beginning.
    """
    with state.register.reading() as connection:
        everybody = _people(connection, enrolments)
        served = [one for one in everybody if one.closed is None and _has_right(one, now)]
        counted = _Count(state, connection, catalogue, campaign, now)
        for person in served:
            counted.add(person)
        codes = _codes(connection, counted.holders)
    closed = sum(one.closed is not None for one in everybody)
    return Plan(
        campaign=campaign.name,
        people=len(served),
        new=counted.new,
        closed=closed,
        over=len(everybody) - len(served) - closed,
        empty=counted.empty,
        vouchers=counted.vouchers,
        offers=dict(sorted(counted.offers.items())),
        size=counted.size,
        codes=codes,
    )


def _people(connection: Connection, enrolments: Sequence[Enrolment] | None) -> list[Person]:
    if enrolments is None:
        return list(people.every(connection))
    known = people.find(connection, (one.number for one in enrolments))
    return [replace(known.get(one.number) or Person(one, 1, None), enrolment=one) for one in enrolments]


def _has_right(person: Person, now: int) -> bool:
    return civil.end_of(person.enrolment.right_until) > now


class _Count:
    """The counting of one plan; cards of one kind of person are made once."""

    def __init__(
        self, state: State, connection: Connection, catalogue: Catalogue, campaign: Campaign, now: int
    ) -> None:
        self.records = issuing_keys.read(connection)
        self.known = grants.holders(connection, campaign.name)
        self.campaign = campaign
        self.eligibility = Eligibility(campaign, catalogue, now)
        self.begins = max(campaign.start, now)
        keys = {one.kid: one for one in self.records}
        shelf = Shelf(catalogue, {campaign.name: campaign}, keys, now)
        signer = SeedSigner(bytes(SEED_SIZE))
        opened = {one.kid: IssuingKey(one, signer) for one in self.records if one.revoked is None}
        self.press = Press(state.root, shelf, _NOBODYS, opened)
        self.imported = {offer.number for offer in catalogue.offers if imported_codes.needs_stock(offer)}
        self.sizes: dict[tuple[object, ...], tuple[int, int]] = {}
        self.new = self.empty = self.vouchers = self.size = 0
        self.offers: Counter[int] = Counter()
        self.holders: dict[int, list[int]] = {}

    def add(self, person: Person) -> None:
        numbers = self.eligibility.numbers(person.enrolment)
        kid = issuing_keys.choose(self.records, person.enrolment.programme, self.begins).kid
        self.new += (person.number, person.card) not in self.known
        self.empty += not numbers
        self.offers.update(numbers)
        for offer in self.imported & numbers:
            self.holders.setdefault(offer, []).append(person.number)
        vouchers, size = self._made(person, kid, numbers)
        self.vouchers += vouchers
        self.size += size

    def _made(self, person: Person, kid: str, numbers: frozenset[int]) -> tuple[int, int]:
        enrolment = person.enrolment
        name = len((enrolment.first_name or "").encode())
        place = (enrolment.department, enrolment.commune)
        kind = (enrolment.programme, *place, enrolment.right_until, name, kid)
        if kind not in self.sizes:
            grant = Grant(self.campaign.name, person.number, person.card, kid, tuple(sorted(numbers)))
            codes = {(person.number, offer): _CODE for offer in self.imported & numbers}
            card = self.press.card(person, (grant,), codes)
            self.sizes[kind] = card.vouchers, len(seal(card.code, card.content)[1])
        return self.sizes[kind]


def _codes(connection: Connection, wanted: Mapping[int, Sequence[int]]) -> tuple[CodesPlanned, ...]:
    left = {level.offer: level.left for level in imported_codes.levels(connection)}
    planned = []
    for offer, holders in sorted(wanted.items()):
        served = imported_codes.served(connection, offer)
        waiting = sum(number not in served for number in holders)
        planned.append(CodesPlanned(offer, waiting, left.get(offer, 0)))
    return tuple(planned)
