"""A partner: the shop, the service or the association that honours an offer."""

from __future__ import annotations

from pydantic import Field

from catalogue.model.field_types import Colour, Day, Email, Https, Label, Phone, Record, Slug, Summary
from catalogue.model.images import Image


class Contact(Record):
    """The person to call when an offer is not honoured. Never published."""

    name: Label
    email: Email | None = None
    phone: Phone | None = None


class Partner(Record):
    """A partner.

    Attributes:
        slug: the file's name without `.yaml`.
        colour: `#rrggbb`, for the partner's cards.
        logo: at most 20 KiB, 96 to 512 pixels.
        agreement_until: last day of the agreement, included; None while no end is agreed.
        contact: left out of every dump and of `repr`, so that no page can publish it by accident.
    """

    slug: Slug
    name: Label
    summary: Summary
    website: Https | None = None
    colour: Colour | None = None
    logo: Image | None = None
    agreement_until: Day | None = None
    contact: Contact | None = Field(default=None, exclude=True, repr=False)
