"""What campaigns give to people of one kind (programme, place, end of right): worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from catalogue import BarcodeUse, Catalogue, CodeUse, LinkUse, Offer, VoucherUse
from cje.locales import messages, text
from issuer.cards.card_content import PackedEntry, pack_entry
from issuer.cards.eligibility import MAX_KINDS, end_for, offers_for
from issuer.cards.voucher_template import Plate, make_plate
from issuer.register.campaign import Campaign
from issuer.register.grants import Grant
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.people import Enrolment
from voucher import civil
from voucher.claims import CTI_SIZE, Claims, Period
from voucher.ed25519 import KEY_SIZE

_MAX_STEPS: Final = 9
_WEEKS: Final = 5  # tills refuse a list older than 30 days: every operator publishes again before that

Kind = tuple[str, str, str, str | None, str | None, date]


@dataclass(frozen=True, slots=True)
class Slot:
    """An offer of a campaign for people of one kind.

    Attributes:
        end: of entry and voucher, in seconds.
        plate: of its voucher; None when it has none.
        paper: of the same right on paper; None where the partner takes none.
        short_codes: it has twelve characters to be typed.
        named: something in it is derived from the voucher's id.
    """

    offer: Offer
    entry: PackedEntry
    end: int
    plate: Plate | None
    paper: Plate | None
    short_codes: bool
    named: bool


@dataclass(frozen=True)
class Shelf:
    """The catalogue and campaigns at one moment.

    Attributes:
        keys: issuing keys by kid, revoked ones too.
        now: seconds since 1970.
    """

    catalogue: Catalogue
    campaigns: Mapping[str, Campaign]
    keys: Mapping[str, IssuingKeyRecord]
    now: int
    _slots: dict[Kind, Mapping[int, Slot]] = field(default_factory=dict, repr=False)
    _entries: dict[tuple[str, int], PackedEntry] = field(default_factory=dict, repr=False)

    @cached_property
    def weeks(self) -> tuple[int, ...]:
        """ISO year × 100 + ISO week in Paris: the periods of a card's short codes (voucher-v1 §6)."""
        days = (civil.day_of(self.now) + timedelta(weeks=ahead) for ahead in range(_WEEKS))
        return tuple(day.isocalendar().year * 100 + day.isocalendar().week for day in days)

    def programme(self, slug: str) -> str:
        """The name that a person reads."""
        return next((one.name for one in self.catalogue.programmes if one.slug == slug), slug)

    def rank(self, grant: Grant) -> tuple[bool, int, str]:
        """Campaigns that run before those to come, then those that end last."""
        campaign = self.campaigns[grant.campaign]
        return campaign.start > self.now, -campaign.end, campaign.name

    def slots(self, enrolment: Enrolment, grant: Grant) -> Mapping[int, Slot]:
        """What the campaign of a grant gives to people of this one's kind, by offer number."""
        place = (enrolment.programme, enrolment.department, enrolment.commune)
        kind = (grant.campaign, grant.kid, *place, enrolment.right_until)
        if kind not in self._slots:
            if len(self._slots) >= MAX_KINDS:
                self._slots.clear()
            self._slots[kind] = self._work_out(enrolment, grant)
        return self._slots[kind]

    def _work_out(self, enrolment: Enrolment, grant: Grant) -> Mapping[int, Slot]:
        campaign, key = self.campaigns[grant.campaign], self.keys[grant.kid]
        found = {}
        for offer in offers_for(enrolment, campaign, self.catalogue, self.now):
            end = end_for(enrolment, campaign, offer)
            derived = isinstance(offer.use, CodeUse) and offer.use.source == "derived"
            plate = paper = None
            if isinstance(offer.use, VoucherUse):
                bearer = claims_of(offer, bytes(CTI_SIZE), begins(offer, campaign, key), end, None)
                kid = bytes.fromhex(key.kid)
                plate = make_plate(replace(bearer, holder=bytes(KEY_SIZE)), kid)
                paper = make_plate(bearer, kid) if offer.use.paper else None
            short = derived or (isinstance(offer.use, VoucherUse) and offer.use.short_code)
            entry = self._entry(offer, campaign)
            found[offer.number] = Slot(offer, entry, end, plate, paper, short, plate is not None or derived)
        return found

    def _entry(self, offer: Offer, campaign: Campaign) -> PackedEntry:
        place = (campaign.name, offer.number)
        if place not in self._entries:
            self._entries[place] = pack_entry(self._fields(offer, campaign))
        return self._entries[place]

    def _fields(self, offer: Offer, campaign: Campaign) -> dict[int, object]:
        """The fields of bundle-v1 §4 that are the same for everybody."""
        partner = self.catalogue.partner_of(offer)
        return {
            1: offer.number,
            2: offer.title,
            3: partner.name,
            4: offer.categories[0],
            5: offer.use.kind,
            6: list(conditions_of(offer)),
            7: list(offer.not_allowed),
            8: list(steps_of(offer)),
            9: max(civil.start_of(offer.valid_from), campaign.start),
            11: offer.limit.uses,
            12: int(period_of(offer)),
            13: offer.headline,
            14: offer.estimated_cents,
            15: offer.use.url if isinstance(offer.use, CodeUse | LinkUse) else None,
            18: offer.use.symbology if isinstance(offer.use, BarcodeUse) else None,
            19: offer.channel,
            20: offer.slug,
            21: partner.colour,
        }


def claims_of(offer: Offer, cti: bytes, start: int, end: int, holder: bytes | None) -> Claims:
    """What a voucher of this offer says; without holder it is a bearer voucher."""
    return Claims(start, end, cti, offer.number, offer.limit.uses, period_of(offer), holder)


def period_of(offer: Offer) -> Period:
    """What `uses` counts in; without a limit it counts nothing (voucher-v1 §2.3)."""
    return Period(offer.limit.period_number if offer.limit.uses else 0)


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
