"""Publishing again what the register says: every card and list, or the lists alone. Nothing is granted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import select

from catalogue import Catalogue
from issuer import campaign, grants, issuing_keys, people, revocation, schema, stock
from issuer.cards import Press
from issuer.derive import CampaignSecret
from issuer.disk import Disk, Staging
from issuer.publishing import Card, IssuingKeys, Progress, decide_lists, put_cards, put_lists, silent
from issuer.shelf import Shelf
from issuer.signer import Signer
from issuer.state import State
from voucher.trust import TrustList

_PAGE: Final = 1000  # people in memory at once


def renew_lists(
    state: State, catalogue: Catalogue, *, out: Path, passphrase: bytes, now: int, disk: Disk | None = None
) -> tuple[TrustList, ...]:
    """Sign every partner's list again, with its present offers, keys and revocations.

    Args:
        out: the site's folder. now: seconds since 1970.

    Raises:
        KeyRefused, StateRefused, OutputRefused: nothing was signed, or run it again.
    """
    secret = state.campaign_secret(passphrase)
    signer = state.trust_signer(passphrase)
    with state.alone(), (disk or Disk()).staging(out) as staging:
        return _put_new_lists(staging, state, catalogue, secret, signer, now)


def publish(
    state: State,
    catalogue: Catalogue,
    *,
    out: Path,
    passphrase: bytes,
    now: int,
    progress: Progress[list[int]] = silent,
    disk: Disk | None = None,
) -> int:
    """Put in place every card as the register has it, closed ones too, and every list; return how many cards.

    Raises:
        KeyRefused, StateRefused, OutputRefused: run it again after mending what the sentence says.
    """
    secret = state.campaign_secret(passphrase)
    signer = state.trust_signer(passphrase)
    with state.alone(), (disk or Disk()).staging(out) as staging:
        _put_new_lists(staging, state, catalogue, secret, signer, now)
        with state.register.reading() as connection:
            table = schema.people
            numbers = list(connection.scalars(select(table.c.number).order_by(table.c.number)))
        pages = [numbers[start : start + _PAGE] for start in range(0, len(numbers), _PAGE)]
        return sum(1 for _ in _put_pages(staging, state, catalogue, secret, passphrase, now, progress(pages)))


def _put_new_lists(
    staging: Staging, state: State, catalogue: Catalogue, secret: CampaignSecret, signer: Signer, now: int
) -> tuple[TrustList, ...]:
    with state.register.writing() as connection:
        lists = decide_lists(connection, state, catalogue, secret, now)
    put_lists(staging, state, catalogue, lists, signer)
    return tuple(lists)


def _put_pages(
    staging: Staging,
    state: State,
    catalogue: Catalogue,
    secret: CampaignSecret,
    passphrase: bytes,
    now: int,
    pages: Iterable[Sequence[int]],
) -> Iterator[Card]:
    with state.register.reading() as connection:
        keys = IssuingKeys(state, issuing_keys.read(connection), passphrase)
        campaigns = campaign.read(connection)
        revoked = revocation.single_vouchers(revocation.read(connection))
    shelf = Shelf(catalogue, campaigns, keys.records, now)
    for numbers in pages:
        with state.register.reading() as connection:
            found = people.find(connection, numbers)
            granted = grants.of_people(connection, numbers)
            codes = stock.held(connection, numbers)
        opened = keys.unlock({grant.kid for of_one in granted.values() for grant in of_one})
        press = Press(state.root, shelf, secret, opened, revoked)
        yield from put_cards(staging, press, [found[number] for number in numbers], granted, codes, "")
