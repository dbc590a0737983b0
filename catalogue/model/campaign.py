"""A campaign card: a few offers brought together for a season, with a title of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from catalogue.model.facts import OfferFacts
from catalogue.model.field_types import Day, Record, Slug, Summary, Title
from catalogue.model.images import Image
from catalogue.problems.breach import Breach
from catalogue.problems.did_you_mean import find_nearest_word

MAX_OFFERS = 24  # two screens of a phone


class CampaignCard(Record):
    """A card of the home page, read from content/campaigns/<slug>.yaml.

    Attributes:
        colour: a key of the theme, as for a need.
        offers: slugs, in the order in which they are shown.
        valid_from, valid_until: the days on which it is shown, both included, Europe/Paris.
    """

    slug: Slug
    title: Title
    summary: Summary
    colour: Slug
    image: Image | None = None
    offers: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=MAX_OFFERS)]
    valid_from: Day
    valid_until: Day

    def is_current(self, day: date) -> bool:
        """Shown on this day of Europe/Paris."""
        return self.valid_from <= day <= self.valid_until


def campaign_breaches(
    card: CampaignCard, offers: Mapping[str, OfferFacts | None], colours: Mapping[str, str] | None
) -> Iterator[Breach]:
    """What a card says that is not so.

    Args:
        offers: by slug; None for a file that is there and cannot be read.
        colours: those of the theme; None when it cannot be read.
    """
    if card.valid_until < card.valid_from:
        values = {"start": str(card.valid_from), "end": str(card.valid_until)}
        yield Breach(("valid_until",), "dates-reversed", values)
    for name in (card.colour, f"on-{card.colour}") if colours is not None else ():
        if name not in (colours or {}):
            values = {"found": card.colour, "name": name}
            yield Breach(("colour",), "colour-unknown", values, find_nearest_word(name, colours or {}))
    for index, slug in enumerate(card.offers):
        offer = offers.get(slug)
        if slug not in offers:
            yield Breach(("offers", index), "offer-unknown", {"found": slug}, find_nearest_word(slug, offers))
        elif slug in card.offers[:index]:
            yield Breach(("offers", index), "list-repeats", {"found": slug})
        elif offer is not None and (offer.status != "published" or offer.valid_until < card.valid_from):
            yield Breach(("offers", index), "offer-not-shown", {"found": slug}, warning=True)
