"""Who gets which offer: by campaign, programme, territory and dates. Pure.

Nobody's age is known here: an offer for some ages says so among its conditions.
"""

from __future__ import annotations

from typing import Final

from catalogue import Catalogue, Offer
from issuer.register.campaign import Campaign
from issuer.register.people import Enrolment
from voucher import civil

MAX_KINDS: Final = 10_000  # of people remembered at once; beyond, memory is worth more than time


def offers_for(enrolment: Enrolment, campaign: Campaign, catalogue: Catalogue, now: int) -> list[Offer]:
    """Published offers of the campaign that the person has a right to and that are not over, by number."""
    if campaign.programmes and enrolment.programme not in campaign.programmes:
        return []
    wanted = set(campaign.offers)
    return [
        offer
        for offer in catalogue.published()
        if offer.number in wanted
        and has_right(enrolment, offer)
        and _is_ahead(enrolment, campaign, offer, now)
    ]


class Eligibility:
    """The offers of one campaign by kind of person: a hundred thousand people are of few kinds."""

    def __init__(self, campaign: Campaign, catalogue: Catalogue, now: int) -> None:
        self._about = campaign, catalogue, now
        self._known: dict[tuple[object, ...], frozenset[int]] = {}

    def numbers(self, enrolment: Enrolment) -> frozenset[int]:
        """Numbers of the offers that the person gets."""
        kind = (enrolment.programme, enrolment.department, enrolment.commune, enrolment.right_until)
        if kind not in self._known:
            if len(self._known) >= MAX_KINDS:
                self._known.clear()
            self._known[kind] = frozenset(offer.number for offer in offers_for(enrolment, *self._about))
        return self._known[kind]


def has_right(enrolment: Enrolment, offer: Offer) -> bool:
    """Whether the offer is for the person's programme and place."""
    return (not offer.programmes or enrolment.programme in offer.programmes) and lives_in(enrolment, offer)


def lives_in(enrolment: Enrolment, offer: Offer) -> bool:
    """Whether the person's place lies in the offer's territory.

    Someone of whom only the department is known gets the department's offers, not those of its communes: a
    voucher that a shop refuses is worse than one that was not there.
    """
    if offer.territory.kind == "national":
        return True
    if enrolment.commune is not None:
        return offer.territory.covers(enrolment.commune)
    return enrolment.department in offer.territory.codes


def end_for(enrolment: Enrolment, campaign: Campaign, offer: Offer) -> int:
    """The first second at which the person can no longer use the offer."""
    return min(civil.end_of(offer.valid_until), campaign.end, civil.end_of(enrolment.right_until))


def _is_ahead(enrolment: Enrolment, campaign: Campaign, offer: Offer, now: int) -> bool:
    end = end_for(enrolment, campaign, offer)
    return now < end and max(civil.start_of(offer.valid_from), campaign.start) < end
