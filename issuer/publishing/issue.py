"""Issuing a campaign: decide in the register, then make what was decided.

The order is the promise (P13): a run that is stopped anywhere and run again gives each person exactly one
card, and nothing was ever handed out that the register does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from catalogue import Catalogue
from cje.files import Disk, refuse_existing
from issuer.cards import batches, layout
from issuer.cards.card import Press
from issuer.cards.card_template import Shelf
from issuer.cards.eligibility import Eligibility
from issuer.cards.engines import Engine, Here
from issuer.cards.layout import Layout
from issuer.cards.shards import Card, Shard, check_keys, cut, put_shards
from issuer.decisions.enrolment import enrol_all
from issuer.keys.derive import CampaignSecret
from issuer.publishing import activation_list
from issuer.publishing.publication import IssuingKeys, Progress, decide_lists, put_lists, silent
from issuer.register import audit, grants, imported_codes, issuing_keys, people, revocation
from issuer.register import campaign as campaigns
from issuer.register.campaign import Campaign
from issuer.register.grants import Grant
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.people import Enrolment, Person
from issuer.register.vault import State
from voucher import civil

Reason = Literal["closed", "right_over"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the register now says of a run's people."""

    people: tuple[Person, ...]
    granted: Mapping[int, Sequence[Grant]]
    codes: Mapping[tuple[int, int], str]
    campaigns: Mapping[str, Campaign]
    skipped: tuple[tuple[int, Reason], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run made.

    Attributes:
        cards: in the order of numbers.
        skipped: people who got no card, and why.
        partners: slugs of the partners that have a trust list.
    """

    cards: tuple[Card, ...]
    skipped: tuple[tuple[int, Reason], ...]
    partners: tuple[str, ...]

    @property
    def vouchers(self) -> int:
        return sum(card.vouchers for card in self.cards)


def issue(
    state: State,
    catalogue: Catalogue,
    campaign: Campaign,
    enrolments: Sequence[Enrolment],
    *,
    out: Path,
    passphrase: bytes,
    now: int,
    links: Path | None = None,
    base_url: str | None = None,
    progress: Progress[Any] = silent,
    disk: Disk | None = None,
    engine: Engine | None = None,
    arranged: Layout = "files",
) -> Report:
    """Enrol these people, grant them the campaign, and put cards and trust lists in `out`.

    The same state, arguments and `now` give the same bytes.

    Args:
        out: the site's folder; files of other rooms in it are left alone.
        now: seconds since 1970.
        links: where the activation list goes; it must not exist.
        engine: where cards are made; the same bytes anywhere.
        arranged: packs make anew every pack that one of these people is in; for many people at once.
        base_url: of the site; None takes the one of content/site.yaml, and a relative link without any.

    Raises:
        KeyRefused, InputRefused, OutputRefused, StateRefused: nothing was decided or written; run again
        after mending what the sentence says.
    """
    disk = disk or Disk()
    check_keys(engine)
    if links is not None:
        refuse_existing(links)
    secret = state.campaign_secret(passphrase)
    trust_signer = state.trust_signer(passphrase)
    with state.alone(), disk.staging(out) as staging:
        with state.register.writing() as connection:
            decision = decide(connection, state, catalogue, campaign, enrolments, now)
            lists = decide_lists(connection, state, catalogue, secret, now)
            keys = IssuingKeys(state, issuing_keys.read(connection), passphrase)
            opened = keys.unlock({grant.kid for of_one in decision.granted.values() for grant in of_one})
            revoked = revocation.single_vouchers(revocation.read(connection))
        shelf = Shelf(catalogue, decision.campaigns, keys.records, now)
        press = Press(state.root, shelf, secret, opened, revoked)
        url = base_url if base_url is not None else catalogue.site.base_url or ""
        if arranged == "packs":
            shards = _packs_of(state, decision.people, secret, now, progress)
        else:
            shards = cut(decision.people, decision.granted, decision.codes, progress)
        cards = _put_cards(put_shards(engine or Here(), staging, press, shards, url), decision)
        put_lists(staging, state, catalogue, lists, trust_signer)
        staging.settle()
        if arranged == "packs":  # a file of its own would count before the pack (bundle-v1 §3.5)
            for card in cards:
                staging.remove(card.file)
            staging.settle()
        # Last: once it exists, everything that it tells of is durable.
        if links is not None:
            activation_list.write(disk, links, cards)
    return Report(cards, decision.skipped, tuple(described.partner for described in lists))


def _put_cards(made: Iterable[Card], decision: Decision) -> tuple[Card, ...]:
    """Cards of this run's people, by number; a pack has others too."""
    wanted = {person.number for person in decision.people}
    return tuple(sorted((card for card in made if card.number in wanted), key=lambda card: card.number))


def _packs_of(
    state: State, served: Sequence[Person], secret: CampaignSecret, now: int, progress: Progress[Any]
) -> Iterator[Shard]:
    """Shards of all packs that one of these people is in."""
    mine = layout.members(((person.number, person.card) for person in served), secret)
    everybody = batches.members(state, secret, now)
    return batches.packs(state, everybody, progress(sorted(mine.filled())))


def decide(
    connection: Connection,
    state: State,
    catalogue: Catalogue,
    campaign: Campaign,
    enrolments: Sequence[Enrolment],
    now: int,
) -> Decision:
    """Enrol, and grant the campaign: one transaction, one row in the audit log if anything is new.

    Raises:
        KeyRefused: no issuing key serves this quarter. InputRefused: too few imported codes are left.
    """
    enrol_all(connection, state.identity, enrolments, now)
    redefined = campaigns.record(connection, campaign)
    served, skipped = _sort_people(connection, enrolments, now)
    known = grants.of_people(connection, (person.number for person in served))
    records = issuing_keys.read(connection)
    eligibility = Eligibility(campaign, catalogue, now)
    wanted = [
        _grant(person, campaign, eligibility, known.get(person.number, ()), records, now) for person in served
    ]
    before = {grant.place: grant for of_one in known.values() for grant in of_one}
    new = [grant for grant in wanted if grant.place not in before]
    changed = [grant for grant in wanted if before.get(grant.place, grant) != grant]
    total = grants.store(connection, new, changed, [before[grant.place] for grant in changed])
    given = imported_codes.give(connection, _codes_wanted(wanted, catalogue))
    if redefined or new or changed or given:
        detail = {
            "campaign": campaign.name,
            "definition": campaign.definition(),
            "new": len(new),
            "changed": len(changed),
            "codes": given,
            "total": total,
        }
        audit.append(connection, state.identity, now, "issue", detail)
    numbers = [person.number for person in served]
    return Decision(
        people=tuple(served),
        granted=grants.of_people(connection, numbers),
        codes=imported_codes.held(connection, numbers),
        campaigns=campaigns.read(connection),
        skipped=tuple(skipped),
    )


def _sort_people(
    connection: Connection, enrolments: Sequence[Enrolment], now: int
) -> tuple[list[Person], list[tuple[int, Reason]]]:
    """Those who are served, by number, and those who are not, with the reason."""
    found = people.find(connection, (enrolment.number for enrolment in enrolments))
    served: list[Person] = []
    skipped: list[tuple[int, Reason]] = []
    for number, person in sorted(found.items()):
        if person.closed is not None:
            skipped.append((number, "closed"))
        elif civil.end_of(person.enrolment.right_until) <= now:
            skipped.append((number, "right_over"))
        else:
            served.append(person)
    return served, skipped


def _grant(
    person: Person,
    campaign: Campaign,
    eligibility: Eligibility,
    known: Sequence[Grant],
    records: Sequence[IssuingKeyRecord],
    now: int,
) -> Grant:
    """What the person's card gets of the campaign; the key of the first time stays while it is good."""
    before = next((g for g in known if (g.campaign, g.card) == (campaign.name, person.card)), None)
    offers = set(eligibility.numbers(person.enrolment))
    good = {record.kid for record in records if record.revoked is None}
    if before is not None and before.kid in good:
        kid = before.kid
    else:
        begins = max(campaign.start, now)
        kid = issuing_keys.choose(records, person.enrolment.programme, begins).kid
    offers |= set(before.offers) if before is not None else set()
    return Grant(campaign.name, person.number, person.card, kid, _in_order(frozenset(offers)))


@lru_cache(maxsize=4096)
def _in_order(offers: frozenset[int]) -> tuple[int, ...]:
    """One tuple for all who have the same offers."""
    return tuple(sorted(offers))


def _codes_wanted(wanted: Sequence[Grant], catalogue: Catalogue) -> dict[int, list[int]]:
    """People by offer whose codes are one each."""
    offers = {offer.number for offer in catalogue.offers if imported_codes.needs_stock(offer)}
    found: dict[int, list[int]] = {}
    for grant in wanted:
        for number in offers.intersection(grant.offers):
            found.setdefault(number, []).append(grant.person)
    return found
