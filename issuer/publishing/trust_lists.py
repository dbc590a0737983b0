"""The trust list of each partner, made from catalogue and register, numbered before it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, insert, select, update

from catalogue import AmountSaving, Catalogue, Offer, Partner, PercentSaving, VoucherUse
from issuer.errors import StateRefused
from issuer.keys.signer import Signer
from issuer.register import schema
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.revocation import Revoked
from voucher import civil, trust
from voucher.root import Root
from voucher.trust import IssuingKey, NoSaving, Saving, TrustedOffer, TrustList

DAY: Final = 86_400
MIN_APP: Final = 1  # raised when a till must learn something before it reads our lists


@dataclass(frozen=True, slots=True)
class Ages:
    """How long a list serves, in seconds (trust-v1 §5): re-signed weekly, it never turns amber."""

    fresh_for: int = 8 * DAY
    refuse_after: int = 30 * DAY
    expires_after: int = 30 * DAY


@dataclass(frozen=True, slots=True)
class Terms:
    """What all lists of one run share."""

    root: Root
    keys: Sequence[IssuingKeyRecord]
    now: int
    ages: Ages = Ages()


def partners_with_till(catalogue: Catalogue, listed: Iterable[str]) -> list[Partner]:
    """Partners that need a till: one of their offers is a voucher, or they had a list before."""
    known = set(listed)
    return [
        partner
        for slug, partner in sorted(catalogue.partners.items())
        if slug in known or voucher_offers(catalogue, slug)
    ]


def voucher_offers(catalogue: Catalogue, partner: str) -> list[Offer]:
    """The partner's offers that its tills must know, by number. Drafts are nobody's business."""
    offers = catalogue.offers_of(partner)
    return [offer for offer in offers if isinstance(offer.use, VoucherUse) and offer.status != "draft"]


def build(partner: Partner, offers: Sequence[Offer], revoked: Revoked, terms: Terms) -> TrustList:
    """Describe a partner's list; its version is 1 until `number` gives the real one."""
    return TrustList(
        version=1,
        issued=terms.now,
        expires=min(terms.now + terms.ages.expires_after, terms.root.expires),
        fresh_for=terms.ages.fresh_for,
        refuse_after=terms.ages.refuse_after,
        min_app=MIN_APP,
        root_version=terms.root.version,
        demo=terms.root.demo,
        partner=partner.slug,
        partner_name=partner.name,
        keys=_keys(terms, offers),
        offers=tuple(known for offer in offers if (known := _trusted(offer, terms.now)) is not None),
        prefix=revoked.prefix,
        revoked=revoked.prefixes,
        batches=revoked.batches,
    )


def number(connection: Connection, described: TrustList) -> tuple[TrustList, bool]:
    """Give a list its version and record it; return it, and whether it is a new one.

    The version is one more than the last, unless it is that very list again.

    A run that was stopped between recording and writing is run again and writes what was recorded.

    Raises:
        StateRefused: the last list was issued later: the clock went back, and tills would refuse this one.
    """
    table = schema.trust_lists
    last = connection.execute(select(table).where(table.c.partner == described.partner)).first()
    if last is None:
        row = {
            "partner": described.partner,
            "version": 1,
            "issued": described.issued,
            "digest": digest(described),
        }
        connection.execute(insert(table), row)
        return described, True
    if described.issued < last.issued:
        raise StateRefused("clock_went_back", partner=described.partner)
    same = replace(described, version=last.version)
    if digest(same) == last.digest:
        return same, False
    newer = replace(described, version=last.version + 1)
    connection.execute(
        update(table)
        .where(table.c.partner == described.partner)
        .values(version=newer.version, issued=newer.issued, digest=digest(newer))
    )
    return newer, True


def listed(connection: Connection) -> list[str]:
    """Slugs of the partners that ever had a list."""
    return list(connection.scalars(select(schema.trust_lists.c.partner)))


def digest(described: TrustList) -> bytes:
    """SHA-256 of the payload."""
    return hashlib.sha256(trust.encode_trust(described)).digest()


def sign(described: TrustList, signer: Signer, root: Root) -> bytes:
    """Return the list's file, read back as a till reads it before anyone else does."""
    payload = trust.encode_trust(described)
    signature = signer.sign(trust.signing_input(payload, signer.public_key))
    file = trust.assemble(payload, {signer.public_key: signature})
    trust.decode_trust(file, root)
    return file


def _keys(terms: Terms, offers: Sequence[Offer]) -> tuple[IssuingKey, ...]:
    """Good keys that a valid voucher may still be under, each with the offers that it may sign."""
    entries = []
    for key in terms.keys:
        numbers = tuple(offer.number for offer in offers if _may_sign(key, offer))
        if key.revoked is None and terms.now < key.accept_until and numbers:
            entries.append(IssuingKey(key.public, key.use_from, key.use_until, key.accept_until, numbers))
    return tuple(entries)


def _may_sign(key: IssuingKeyRecord, offer: Offer) -> bool:
    return key.programme is None or not offer.programmes or key.programme in offer.programmes


def _trusted(offer: Offer, now: int) -> TrustedOffer | None:
    """What the till must know of an offer; None for one that was retired before it began."""
    assert isinstance(offer.use, VoucherUse)
    start, end = civil.start_of(offer.valid_from), civil.end_of(offer.valid_until)
    if offer.status == "retired":
        end = min(end, civil.start_of(civil.day_of(now)))
        if start >= end:
            return None
    return TrustedOffer(
        number=offer.number,
        title=offer.title,
        headline=offer.headline,
        # A rule that is not on the cashier's screen does not exist.
        terms=offer.cashier_terms or offer.conditions,
        not_allowed=offer.not_allowed,
        valid_from=start,
        valid_until=end,
        paper=offer.use.paper,
        short_code=offer.use.short_code,
        identity_check=offer.use.identity_check,
        amount_asked=offer.use.amount_asked,
        saving=_saving(offer),
    )


def _saving(offer: Offer) -> Saving:
    match offer.saving:
        case PercentSaving(percent=percent):
            return trust.PercentSaving(percent)
        case AmountSaving(amount=cents):
            return trust.AmountSaving(cents)
    return NoSaving()


def index(root: Root, partners: Iterable[Partner]) -> Mapping[str, object]:
    """What `trust/index.json` says: a till's set-up page lists partners from it. Nothing trusts it."""
    return {
        "root": root.version,
        "partners": [{"slug": partner.slug, "name": partner.name} for partner in partners],
    }
