"""Publishing again what the register says: every card and list, or the lists alone. Nothing is granted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from catalogue import Catalogue
from cje.files import Disk, Staging
from issuer.cards import batches, layout
from issuer.cards.card import Press
from issuer.cards.card_template import Shelf
from issuer.cards.engines import Engine, Here
from issuer.cards.layout import Layout
from issuer.cards.shards import check_keys, put_shards
from issuer.keys.derive import CampaignSecret
from issuer.keys.signer import Signer
from issuer.publishing.publication import IssuingKeys, Progress, decide_lists, put_lists, silent
from issuer.register import campaign, issuing_keys, revocation, schema
from issuer.register.vault import State
from voucher import activation
from voucher.trust import TrustList


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
    progress: Progress[Any] = silent,
    disk: Disk | None = None,
    engine: Engine | None = None,
    arranged: Layout | None = None,
) -> int:
    """Put in place every card as the register has it, closed ones too, and every list; return how many cards.

    A card that was closed long ago, and those of people who were erased, are taken away: a wallet that finds
    nothing any more where its card was knows that it is closed (bundle-v1 §4.2).

    Args:
        engine: where cards are made; the same bytes anywhere.
        arranged: a file for each card, or packs; None keeps to what the folder has.

    Raises:
        KeyRefused, StateRefused, OutputRefused: run it again after mending what the sentence says.
    """
    check_keys(engine)
    secret = state.campaign_secret(passphrase)
    signer = state.trust_signer(passphrase)
    chosen = arranged or layout.found(out)
    with state.alone(), (disk or Disk()).staging(out) as staging:
        _put_new_lists(staging, state, catalogue, secret, signer, now)
        press = _press(state, catalogue, secret, passphrase, now)
        if chosen == "packs":
            members = batches.members(state, secret, now)
            shards = batches.packs(state, members, progress(layout.to_make(out, members)))
        else:
            _take_away(staging, state, secret, now)
            shards = batches.pages(state, progress(batches.numbers(state, now)))
        count = sum(1 for _ in put_shards(engine or Here(), staging, press, shards, ""))
        # Only now: until the other arrangement is whole, a wallet finds its card in this one.
        staging.settle()
        for name in layout.others(out, chosen):
            staging.remove(name)
        return count


def _put_new_lists(
    staging: Staging, state: State, catalogue: Catalogue, secret: CampaignSecret, signer: Signer, now: int
) -> tuple[TrustList, ...]:
    with state.register.writing() as connection:
        lists = decide_lists(connection, state, catalogue, secret, now)
    put_lists(staging, state, catalogue, lists, signer)
    return tuple(lists)


def _press(state: State, catalogue: Catalogue, secret: CampaignSecret, passphrase: bytes, now: int) -> Press:
    """All that cards are made with; every key that any of them needs is open."""
    with state.register.reading() as connection:
        keys = IssuingKeys(state, issuing_keys.read(connection), passphrase)
        campaigns = campaign.read(connection)
        revoked = revocation.single_vouchers(revocation.read(connection))
        used = set(connection.scalars(select(schema.grants.c.kid).distinct()))
    shelf = Shelf(catalogue, campaigns, keys.records, now)
    return Press(state.root, shelf, secret, keys.unlock(used), revoked)


def _take_away(staging: Staging, state: State, secret: CampaignSecret, now: int) -> None:
    """Remove the files of cards that were closed long ago or whose people are gone, older cards too."""
    table, retired = schema.people, schema.retired
    with state.register.reading() as connection:
        closed = select(table.c.number, table.c.card).where(batches.long_closed(now))
        gone = [*connection.execute(closed), *connection.execute(select(retired.c.number, retired.c.card))]
    for number, card in gone:
        for serial in range(1, card + 1):
            code = secret.activation_code(number, serial)
            staging.remove(activation.file_name(activation.bundle_path(code)))
