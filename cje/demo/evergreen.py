"""Offers of the demo that never run out: a date that has passed is moved on by whole years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from catalogue import Catalogue, Offer


def evergreen(catalogue: Catalogue, day: date) -> Catalogue:
    """Return the catalogue with each offer that ended before `day` moved to the year in which it has not."""
    offers = tuple(_moved(offer, day) for offer in catalogue.offers)
    partners = {
        slug: partner.model_copy(update={"agreement_until": None})
        for slug, partner in catalogue.partners.items()
    }
    return replace(catalogue, offers=offers, partners=partners)


def _moved(offer: Offer, day: date) -> Offer:
    years = max(0, day.year - offer.valid_until.year)
    if _later(offer.valid_until, years) < day:
        years += 1
    if not years:
        return offer
    dates = {"valid_from": _later(offer.valid_from, years), "valid_until": _later(offer.valid_until, years)}
    return offer.model_copy(update=dates)


def _later(day: date, years: int) -> date:
    """The same day some years on; 29 February becomes the 28th."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)
