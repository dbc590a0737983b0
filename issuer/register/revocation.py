"""Revoking: by person, by offer of a person, by key, or a key's vouchers before a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from issuer.errors import IssuerError, KeyRefused
from issuer.keys.derive import CampaignSecret
from issuer.register import schema
from issuer.register.campaign import Campaign
from issuer.register.grants import Grant
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.people import Person
from voucher.caps import MIN_PREFIX
from voucher.claims import CTI_SIZE


@dataclass(frozen=True, slots=True)
class Revocation:
    """One decision: a card (of one offer, or all), or a key's vouchers whose nbf is below `before`."""

    person: int | None
    card: int | None
    offer: int | None
    kid: str | None
    before: int | None


@dataclass(frozen=True, slots=True)
class Revoked:
    """The revocations of one partner's list, as trust-v1 §3 wants them."""

    prefix: int = MIN_PREFIX
    prefixes: tuple[bytes, ...] = ()
    batches: tuple[tuple[bytes, int], ...] = ()


def revoke_card(connection: Connection, person: Person, offer: int | None, at: int) -> bool:
    """Revoke the vouchers of the person's present card, all or one offer's; False if they were already."""
    wanted = Revocation(person.number, person.card, offer, None, None)
    if wanted in read(connection):
        return False
    row = {"person": person.number, "card": person.card, "offer": offer, "at": at}
    connection.execute(insert(schema.revocations), row)
    return True


def revoke_key(connection: Connection, kid: str, before: int | None, at: int) -> IssuingKeyRecord:
    """Revoke a key for good, or only its vouchers whose nbf is below `before`; return what it was.

    Raises:
        KeyRefused: no issuing key has this kid.
    """
    row = connection.execute(select(schema.keys).where(schema.keys.c.kid == kid)).first()
    if row is None:
        raise KeyRefused("kid_unknown", kid=kid)
    if before is not None:
        connection.execute(insert(schema.revocations), {"kid": kid, "before": before, "at": at})
    elif row.revoked is None:
        connection.execute(update(schema.keys).where(schema.keys.c.kid == kid).values(revoked=at))
    return IssuingKeyRecord(**row._mapping)


def read(connection: Connection) -> list[Revocation]:
    """All of them, in the order in which they were decided."""
    columns = ("person", "card", "offer", "kid", "before")
    rows = connection.execute(select(schema.revocations).order_by(schema.revocations.c.number))
    return [Revocation(*(getattr(row, column) for column in columns)) for row in rows]


def single_vouchers(revocations: Iterable[Revocation]) -> frozenset[tuple[int, int, int | None]]:
    """(person, card, offer) of the vouchers that were revoked alone."""
    return frozenset(
        (r.person, r.card, r.offer)
        for r in revocations
        if r.person is not None and r.card is not None and r.offer is not None
    )


@dataclass
class _Ids:
    """The ids of one partner's vouchers that may still be valid."""

    revoked: set[bytes] = field(default_factory=set)
    valid: set[bytes] = field(default_factory=set)


def sort_out(
    revocations: Iterable[Revocation],
    grants: Callable[[], Iterable[Grant]],
    campaigns: Mapping[str, Campaign],
    partner_of: Mapping[int, str],
    secret: CampaignSecret,
    now: int,
) -> dict[str, Revoked]:
    """Return what each partner's list must hold.

    Ids are derived, not stored: every grant is walked once, and only when some card was revoked.

    Args:
        grants: gives all grants of the register.
        partner_of: the partner of each voucher offer.
    """
    decided = list(revocations)
    cards = {(r.person, r.card, r.offer) for r in decided if r.person is not None}
    batches = sorted({(bytes.fromhex(r.kid), r.before) for r in decided if r.kid and r.before is not None})
    ids: dict[str, _Ids] = {partner: _Ids() for partner in partner_of.values()}
    for grant in grants() if cards else ():
        if campaigns[grant.campaign].end <= now:
            continue
        for offer in grant.offers:
            if offer not in partner_of:
                continue
            cti = secret.cti(grant.campaign, grant.person, grant.card, offer)
            card = (grant.person, grant.card)
            revoked = (*card, None) in cards or (*card, offer) in cards
            of_partner = ids[partner_of[offer]]
            (of_partner.revoked if revoked else of_partner.valid).add(cti)
    return {partner: _shorten(found, _strongest(batches)) for partner, found in ids.items()}


def shortest_prefix(revoked: Iterable[bytes], valid: Iterable[bytes]) -> int:
    """The fewest bytes, at least 6, at which no revoked id's prefix hits a valid one (trust-v1 §3.4).

    Raises:
        IssuerError: one id is both; it cannot be.
    """
    revoked, valid = set(revoked), set(valid)
    for size in range(MIN_PREFIX, CTI_SIZE + 1):
        prefixes = {cti[:size] for cti in revoked}
        # Only ids hit at this length can be hit at the next.
        valid = {cti for cti in valid if cti[:size] in prefixes}
        if not valid:
            return size
    raise IssuerError("id_twice")


def _strongest(batches: list[tuple[bytes, int]]) -> tuple[tuple[bytes, int], ...]:
    """Of several rules for one key, the one that revokes most."""
    return tuple(sorted(dict(batches).items()))


def _shorten(ids: _Ids, batches: tuple[tuple[bytes, int], ...]) -> Revoked:
    size = shortest_prefix(ids.revoked, ids.valid)
    return Revoked(size, tuple(sorted({cti[:size] for cti in ids.revoked})), batches)
