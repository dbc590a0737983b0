"""An offer: what a young person gets, where, until when, and how it is used at the till."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from catalogue.model.field_types import (
    CashierTerm,
    Day,
    Headline,
    Markdown,
    Record,
    Sentence,
    Slug,
    Summary,
    Tag,
    Title,
)
from catalogue.model.geography import MAX_PLACES, Place, Territory
from catalogue.model.images import Image
from catalogue.model.saving import Saving
from catalogue.model.ways_of_use import Use, VoucherUse
from catalogue.problems.calendar_words import until_text

MAX_NUMBER = 2**32 - 1  # the voucher carries the number as a CBOR uint of at most four bytes
MAX_CASHIER_TERMS = 5
MAX_LINES = 8
# The voucher's own bound (docs/spec): nobody holds a bearer right for longer than a school year and a summer.
MAX_VOUCHER_DAYS = 400
ENDS_SOON_DAYS = 10
PERIODS = ("total", "day", "week", "month")

Sentences = Annotated[tuple[Sentence, ...], Field(max_length=MAX_LINES)]


class Limit(Record):
    """How often one person may use the offer.

    Attributes:
        uses: 0 to 255; 0 means without limit.
        period: the span in which uses are counted.
    """

    uses: int = Field(default=1, ge=0, le=255)
    period: Literal["total", "day", "week", "month"] = "total"

    @property
    def period_number(self) -> int:
        """The period as the voucher carries it: 0 in total, 1 day, 2 week, 3 month."""
        return PERIODS.index(self.period)


class AgeRange(Record):
    """Both ages included, in whole years."""

    min: int = Field(ge=14, le=30)
    max: int = Field(ge=14, le=30)


class Offer(Record):
    """One offer, read from content/offers/<slug>.yaml.

    Attributes:
        number: unique and stable for ever; it is what a voucher carries.
        headline: what is printed large on a card, such as « −10 % ».
        description: a small Markdown, or None.
        image: at most 60 KiB, 480 to 1600 pixels, or None.
        categories: one to three slugs of needs, the main one first.
        steps: what to do, in order; None means the usual steps of this way of use.
        not_allowed: what the offer explicitly does not cover.
        cashier_terms: what the cashier reads before validating.
        valid_from, valid_until: both days included, Europe/Paris.
        programmes: slugs; empty means all programmes.
        reviewed: the day when somebody last checked the offer with the partner.
    """

    slug: Slug
    number: int = Field(ge=1, le=MAX_NUMBER)
    status: Literal["draft", "published", "retired"]
    title: Title
    headline: Headline
    summary: Summary
    description: Markdown | None = None
    image: Image | None = None
    partner: Slug
    categories: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=3)]
    tags: Annotated[tuple[Tag, ...], Field(max_length=MAX_LINES)] = ()
    use: Use
    steps: Annotated[tuple[Sentence, ...], Field(min_length=1, max_length=MAX_LINES)] | None = None
    conditions: Sentences = ()
    not_allowed: Sentences = ()
    cashier_terms: Annotated[tuple[CashierTerm, ...], Field(max_length=MAX_CASHIER_TERMS)] = ()
    valid_from: Day
    valid_until: Day
    limit: Limit = Limit()
    programmes: tuple[Slug, ...] = ()
    age: AgeRange | None = None
    territory: Territory
    channel: Literal["online", "store", "both"]
    places: Annotated[tuple[Place, ...], Field(max_length=MAX_PLACES)] = ()
    saving: Saving | None = None
    reviewed: Day | None = None
    sources: Sentences = ()

    def is_current(self, day: date) -> bool:
        """Published and usable on this day of Europe/Paris."""
        return self.status == "published" and self.valid_from <= day <= self.valid_until

    def is_upcoming(self, day: date) -> bool:
        """Published, and not yet begun on this day."""
        return self.status == "published" and day < self.valid_from

    def ends_soon(self, day: date, days: int = ENDS_SOON_DAYS) -> bool:
        """Usable on this day, and for at most `days` days more (0: this is the last day)."""
        return self.is_current(day) and self.valid_until - day <= timedelta(days=days)

    def valid_until_text(self, lang: str = "fr") -> str:
        """« jusqu'au 31 mars 2027 » / “until 31 March 2027”: the last day is still valid."""
        return until_text(self.valid_until, lang)

    @property
    def estimated_cents(self) -> int | None:
        """What one use is expected to save, in cents; None where no amount tells it."""
        return None if self.saving is None else self.saving.estimated_cents

    @property
    def image_file(self) -> str | None:
        """The name of its picture in content/images/."""
        return None if self.image is None else self.image.file

    @property
    def allows_paper(self) -> bool:
        return isinstance(self.use, VoucherUse) and self.use.paper
