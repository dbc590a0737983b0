"""One person's card: every entry that the phone shows offline, its vouchers signed for its holder. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from nacl import bindings

from catalogue import BarcodeUse, Catalogue, CodeUse, LinkUse, Offer, VoucherUse
from issuer.campaign import Campaign
from issuer.derive import CampaignSecret
from issuer.eligibility import end_for, offers_for
from issuer.grants import Grant
from issuer.issuing_keys import IssuingKeyRecord
from issuer.people import Person
from issuer.signer import Signer
from locales import messages, text
from voucher import activation, civil, claims, short_code
from voucher.bundle import Bundle, Entry
from voucher.claims import Claims, Period
from voucher.root import Root

_MAX_STEPS: Final = 9


@dataclass(frozen=True, slots=True)
class IssuingKey:
    """An issuing key that is open: its record, and who signs with it."""

    record: IssuingKeyRecord
    signer: Signer


@dataclass(frozen=True)
class Press:
    """What all cards of one run share.

    Attributes:
        keys: open issuing keys by kid (8 hexadecimal digits).
        now: seconds since 1970; `issued` of every card.
        revoked: (person, card, offer) of single vouchers that were revoked.
    """

    root: Root
    catalogue: Catalogue
    campaigns: Mapping[str, Campaign]
    secret: CampaignSecret
    keys: Mapping[str, IssuingKey]
    now: int
    revoked: frozenset[tuple[int, int, int | None]] = frozenset()

    def code_of(self, person: Person) -> str:
        """The canonical activation code of the person's card."""
        return self.secret.activation_code(person.number, person.card)

    def closed_card(self, person: Person) -> Bundle:
        """What stands at the place of a card that is no longer one: nothing but that it is closed."""
        nothing = replace(person, enrolment=replace(person.enrolment, first_name=None), closed=self.now)
        return self.card(nothing, (), {})

    def card(self, person: Person, grants: Iterable[Grant], codes: Mapping[tuple[int, int], str]) -> Bundle:
        """Return the content of a person's card.

        Args:
            grants: the person's; those of earlier cards are passed over.
            codes: imported codes by (person, offer).
        """
        code = self.code_of(person)
        chosen = {} if person.closed is not None else self._choose(person, grants)
        entries, used = [], set()
        for number, (offer, grant) in sorted(chosen.items()):
            own_code = codes.get((person.number, number))
            entries.append(self._entry(person, code, offer, grant, own_code))
            if isinstance(offer.use, VoucherUse):
                used.add(self.keys[grant.kid].record.public)
        programme = person.enrolment.programme
        return Bundle(
            issued=self.now,
            expires=civil.end_of(person.enrolment.right_until),
            first_name=person.enrolment.first_name,
            programme=next((p.name for p in self.catalogue.programmes if p.slug == programme), programme),
            operator=self.root.operator,
            demo=self.root.demo,
            entries=tuple(entries),
            keys=tuple(sorted(used)),
            closed=person.closed is not None,
        )

    def _choose(self, person: Person, grants: Iterable[Grant]) -> dict[int, tuple[Offer, Grant]]:
        """Where campaigns share an offer: one that runs before one to come, then the one that ends last."""
        found: dict[int, tuple[Offer, Grant]] = {}
        of_card = [grant for grant in grants if grant.card == person.card]
        for grant in sorted(of_card, key=self._rank):
            campaign = self.campaigns[grant.campaign]
            for offer in offers_for(person.enrolment, campaign, self.catalogue, self.now):
                if offer.number in grant.offers and self._may_have(person, offer, grant):
                    found.setdefault(offer.number, (offer, grant))
        return found

    def _may_have(self, person: Person, offer: Offer, grant: Grant) -> bool:
        """A voucher of a revoked key is not issued again under it: the next run grants it under another."""
        if (person.number, person.card, offer.number) in self.revoked:
            return False
        return not isinstance(offer.use, VoucherUse) or grant.kid in self.keys

    def _rank(self, grant: Grant) -> tuple[bool, int, str]:
        campaign = self.campaigns[grant.campaign]
        return campaign.start > self.now, -campaign.end, campaign.name

    def _entry(self, person: Person, code: str, offer: Offer, grant: Grant, own_code: str | None) -> Entry:
        campaign, partner = self.campaigns[grant.campaign], self.catalogue.partner_of(offer)
        cti = self.secret.cti(campaign.name, person.number, person.card, offer.number)
        end = end_for(person.enrolment, campaign, offer)
        return Entry(
            offer=offer.number,
            title=offer.title,
            partner=partner.name,
            category=offer.categories[0],
            way=offer.use.kind,
            conditions=conditions_of(offer),
            not_allowed=offer.not_allowed,
            steps=steps_of(offer),
            valid_from=max(civil.start_of(offer.valid_from), campaign.start),
            valid_until=end,
            uses=offer.limit.uses,
            period=Period(offer.limit.period_number),
            headline=offer.headline,
            saving=offer.estimated_cents,
            url=offer.use.url if isinstance(offer.use, CodeUse | LinkUse) else None,
            voucher=self._voucher(code, cti, offer, grant, end)
            if isinstance(offer.use, VoucherUse)
            else None,
            code=self._code(offer, cti, own_code),
            symbology=offer.use.symbology if isinstance(offer.use, BarcodeUse) else None,
            channel=offer.channel,
            slug=offer.slug,
            colour=partner.colour,
        )

    def _voucher(self, code: str, cti: bytes, offer: Offer, grant: Grant, end: int) -> bytes:
        key = self.keys[grant.kid]
        # A clamped scalar times the base point is in the prime-order subgroup (RFC 8032 §5.1.5): a
        # key that we derive ourselves needs no check of voucher-v1 §5.2.
        holder, _ = bindings.crypto_sign_seed_keypair(activation.holder_seed(code, cti))
        start = begins(offer, self.campaigns[grant.campaign], key.record)
        return sign_voucher(key, claims_of(offer, cti, start, end, holder))

    def _code(self, offer: Offer, cti: bytes, own_code: str | None) -> str | None:
        match offer.use:
            case CodeUse(source="shared", code=shared):
                return shared
            case BarcodeUse(source="fixed", value=fixed):
                return fixed
            case CodeUse(source="derived"):
                key = self.secret.short_code_key(offer.partner)
                return short_code.encode(key, offer.number, iso_week(self.now), short_code.tag_of(cti))
        return own_code


def claims_of(offer: Offer, cti: bytes, start: int, end: int, holder: bytes | None) -> Claims:
    """What a voucher of this offer says; without holder it is a bearer voucher."""
    period = Period(offer.limit.period_number if offer.limit.uses else 0)
    return Claims(start, end, cti, offer.number, offer.limit.uses, period, holder)


def sign_voucher(key: IssuingKey, said: Claims) -> bytes:
    """Return a voucher's bytes."""
    key_id = bytes.fromhex(key.record.kid)
    return claims.encode_voucher(said, key_id, key.signer.sign(claims.signing_input(said, key_id)))


def begins(offer: Offer, campaign: Campaign, key: IssuingKeyRecord) -> int:
    """A voucher's first second: within its key's window (trust-v1 §3.3), whatever the day it is issued.

    An offer that begins after that window is not usable earlier: its own window is in the trust list too.
    """
    earliest = max(campaign.start, key.use_from)
    offered = civil.start_of(offer.valid_from)
    return offered if earliest <= offered < key.use_until else earliest


def conditions_of(offer: Offer) -> tuple[str, ...]:
    """The offer's conditions, with its ages, which nobody but a person can check."""
    if offer.age is None:
        return offer.conditions
    return (text("issuer.ages", "fr", min=offer.age.min, max=offer.age.max), *offer.conditions)


def steps_of(offer: Offer) -> tuple[str, ...]:
    """The offer's own steps, or the usual ones of its way of use."""
    if offer.steps is not None:
        return offer.steps
    usual = messages("catalogue", "fr")
    names = (f"steps.{offer.use.kind}.{i}" for i in range(1, _MAX_STEPS + 1))
    return tuple(usual[name] for name in names if name in usual)


def iso_week(at: int) -> int:
    """ISO year × 100 + ISO week in Paris: the period of short codes (voucher-v1 §6)."""
    year, week, _ = civil.day_of(at).isocalendar()
    return year * 100 + week
