"""Who gets which offer: by campaign, programme, territory and dates. Pure.

Nobody's age is known here: an offer for some ages says so among its conditions.
"""

from __future__ import annotations

from catalogue import Catalogue, Offer
from issuer.campaign import Campaign
from issuer.people import Enrolment
from voucher import civil


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
