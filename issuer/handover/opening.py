"""Who is handed what: the code and link of people whose card can be opened, derived from the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from sqlalchemy import Connection, select

from catalogue import Catalogue
from issuer.cards.shards import link_of
from issuer.errors import IssuerError
from issuer.keys.derive import CampaignSecret
from issuer.register import grants, people, schema
from issuer.register.grants import Grant
from issuer.register.people import Person
from voucher import activation, civil

PAGE: Final = 500  # people in memory at once, and in one file of letters
Missing = Literal["closed", "right_over", "not_issued"]


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens one person's card.

    Attributes:
        code: in five groups of four. Whoever has it has the card; so has `link`.
        programme: its name.
        site: the site's address, without the code.
    """

    number: int
    reference: str | None
    first_name: str | None
    programme: str
    right_until: date
    code: str = field(repr=False)
    link: str = field(repr=False)
    site: str


@dataclass(frozen=True)
class Porter:
    """Makes openings: the secret, the site's address and the names of programmes.

    Attributes:
        base_url: `https://…`; never empty, since a link without it opens nothing from a letter.
    """

    secret: CampaignSecret
    base_url: str
    programmes: Mapping[str, str]

    def opening(self, person: Person) -> Opening:
        """What opens this person's present card."""
        enrolment = person.enrolment
        code = activation.grouped(self.secret.activation_code(person.number, person.card))
        return Opening(
            number=person.number,
            reference=enrolment.reference,
            first_name=enrolment.first_name,
            programme=self.programmes.get(enrolment.programme, enrolment.programme),
            right_until=enrolment.right_until,
            code=code,
            link=link_of(self.base_url, code),
            site=f"{self.base_url.rstrip('/')}/carte/",
        )


def porter(secret: CampaignSecret, catalogue: Catalogue, base_url: str | None) -> Porter:
    """Return who makes openings; `base_url` None takes the address of content/site.yaml.

    Raises:
        IssuerError: the site has no address.
    """
    url = address_of(catalogue, base_url)
    return Porter(secret, url, {one.slug: one.name for one in catalogue.programmes})


def address_of(catalogue: Catalogue, base_url: str | None) -> str:
    """The site's address, as links need it.

    Raises:
        IssuerError: the site has none.
    """
    url = base_url if base_url is not None else catalogue.site.base_url or ""
    if not url.startswith(("https://", "http://")):
        raise IssuerError("site_without_address")
    return url


def missing(person: Person, granted: Sequence[Grant], now: int) -> Missing | None:
    """Why a person is handed nothing yet, or any more; None when there is a card to open."""
    if person.closed is not None:
        return "closed"
    if civil.end_of(person.enrolment.right_until) <= now:
        return "right_over"
    return None if any(grant.card == person.card for grant in granted) else "not_issued"


def numbers_of(
    connection: Connection, *, only: Iterable[int] = (), programme: str | None = None
) -> list[int]:
    """The numbers of those people, or of everybody, in order.

    Raises:
        IssuerError: nobody has one of the numbers.
    """
    table, wanted = schema.people, sorted(set(only))
    if wanted:
        known = people.find(connection, wanted)
        for number in wanted:
            if number not in known:
                raise IssuerError("person_unknown", number=number)
        return wanted
    statement = select(table.c.number).order_by(table.c.number)
    if programme is not None:
        statement = statement.where(table.c.programme == programme)
    return list(connection.scalars(statement))


def pages(numbers: Sequence[int]) -> list[Sequence[int]]:
    """Cut numbers into pages of `PAGE`; each is one shard of work and one file of letters."""
    return [numbers[start : start + PAGE] for start in range(0, len(numbers), PAGE)]


def openings(
    connection: Connection, made_by: Porter, numbers: Sequence[int], now: int
) -> Iterator[Opening | tuple[int, Missing]]:
    """What opens each of these people's cards, or why nothing does, in the order given."""
    found = people.find(connection, numbers)
    granted = grants.of_people(connection, numbers)
    for number in numbers:
        person = found[number]
        reason = missing(person, granted.get(number, ()), now)
        yield made_by.opening(person) if reason is None else (number, reason)
