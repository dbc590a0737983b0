"""Bearer vouchers for paper (voucher-v1 §2.4): for nobody in particular, only where the partner allows it.

Each batch takes the next serials of its offer in the register before it is drawn, so that no voucher is
printed twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from catalogue import Catalogue, Offer
from cje.files import Disk, refuse_existing
from issuer.cards import qr
from issuer.cards.card import IssuingKey, sign_voucher
from issuer.cards.card_template import begins, claims_of
from issuer.errors import IssuerError
from issuer.keys.derive import CampaignSecret
from issuer.register import audit, issuing_keys, schema
from issuer.register import campaign as campaigns
from issuer.register.campaign import Campaign
from issuer.register.vault import State
from voucher import armour, civil


def issue_paper(
    state: State,
    catalogue: Catalogue,
    campaign: Campaign,
    number: int,
    count: int,
    *,
    out: Path,
    suffix: str,
    passphrase: bytes,
    now: int,
    disk: Disk | None = None,
) -> list[str]:
    """Issue bearer vouchers and draw each as a file of the new folder `out`; return their texts.

    Args:
        number: of the offer, which must allow paper.
        count: how many, 1..10,000.
        suffix: `.svg` or `.png`.
        now: seconds since 1970.

    Raises:
        IssuerError: the offer is not in the campaign, is over, or does not allow paper.
        KeyRefused, OutputRefused: nothing was recorded.
    """
    offer = _offer(catalogue, campaign, number, now)
    refuse_existing(out)
    with state.alone():
        secret = state.campaign_secret(passphrase)
        with state.register.writing() as connection:
            campaigns.record(connection, campaign)
            records = issuing_keys.read(connection)
            wanted = (offer.programmes or ("",))[0] if len(offer.programmes) == 1 else ""
            record = issuing_keys.choose(records, wanted, max(campaign.start, now))
            key = IssuingKey(record, state.signer(record.name, "issuing", passphrase))
            first = _reserve(connection, campaign, number, count, record.kid)
            detail = {"campaign": campaign.name, "offer": number, "first": first, "count": count}
            audit.append(connection, state.identity, now, "paper", detail)
        serials = range(first, first + count)
        texts = list(_texts(secret, campaign, offer, key, serials))
        drawn = {
            f"{number}-{serial:06d}{suffix}": qr.draw(text, suffix)
            for serial, text in zip(serials, texts, strict=True)
        }
        (disk or Disk()).create_folder(out, drawn)
    return texts


def _offer(catalogue: Catalogue, campaign: Campaign, number: int, now: int) -> Offer:
    offer = next((one for one in catalogue.published() if one.number == number), None)
    if offer is None:
        raise IssuerError("offer_unknown", offer=number)
    if not offer.allows_paper:
        raise IssuerError("offer_without_paper", offer=number)
    if number not in campaign.offers or _end(campaign, offer) <= now:
        raise IssuerError("offer_not_in_campaign", offer=number, campaign=campaign.name)
    return offer


def _end(campaign: Campaign, offer: Offer) -> int:
    return min(campaign.end, civil.end_of(offer.valid_until))


def _reserve(connection: Connection, campaign: Campaign, offer: int, count: int, kid: str) -> int:
    """Take the next serials, from 1."""
    table = schema.paper
    mine = (table.c.campaign == campaign.name) & (table.c.offer == offer)
    last = connection.execute(select(func.max(table.c.first + table.c.count)).where(mine)).scalar()
    first = last or 1
    row = {"campaign": campaign.name, "offer": offer, "first": first, "count": count, "kid": kid}
    connection.execute(insert(table), row)
    return first


def _texts(
    secret: CampaignSecret, campaign: Campaign, offer: Offer, key: IssuingKey, serials: range
) -> Iterator[str]:
    start, end = begins(offer, campaign, key.record), _end(campaign, offer)
    for serial in serials:
        cti = secret.paper_cti(campaign.name, offer.number, serial)
        yield armour.encode(armour.VOUCHER, sign_voucher(key, claims_of(offer, cti, start, end, None)))
