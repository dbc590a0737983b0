"""Choosing, sorting and tabulating offers for an editor."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalogue.exchange.writing import plain_fields
from catalogue.model.catalogue import Catalogue
from catalogue.model.offer import Offer
from cje.locales import text

SORTS: dict[str, Callable[[Offer], Any]] = {
    "number": lambda offer: offer.number,
    "title": lambda offer: offer.title.casefold(),
    "partner": lambda offer: (offer.partner, offer.number),
    "until": lambda offer: (offer.valid_until, offer.number),
}
MAX_TITLE_SHOWN = 48


@dataclass(frozen=True)
class Choice:
    """Which offers are wanted; None leaves a question open.

    Attributes:
        day: only those that can be used on this day.
    """

    partner: str | None = None
    category: str | None = None
    kind: str | None = None
    programme: str | None = None
    status: str | None = None
    day: date | None = None

    def holds(self, offer: Offer) -> bool:
        """Whether the offer is wanted; an offer without programmes is open to all of them."""
        return (
            self.partner in (None, offer.partner)
            and (self.category is None or self.category in offer.categories)
            and self.kind in (None, offer.use.kind)
            and (self.programme is None or not offer.programmes or self.programme in offer.programmes)
            and self.status in (None, offer.status)
            and (self.day is None or offer.is_current(self.day))
        )


def chosen(catalogue: Catalogue, choice: Choice, sort: str = "number") -> list[Offer]:
    """The wanted offers, sorted by one of SORTS."""
    return sorted((offer for offer in catalogue.offers if choice.holds(offer)), key=SORTS[sort])


def as_json(offer: Offer) -> dict[str, object]:
    """All of an offer, as its file writes it, with its slug and the estimated saving in cents."""
    return {"slug": offer.slug, **plain_fields(offer), "estimated_cents": offer.estimated_cents}


def table(catalogue: Catalogue, offers: Iterable[Offer], lang: str = "fr") -> str:
    """A table with aligned columns."""
    rows = [text("catalogue.list.head", lang).split("\t")]
    rows += [
        [
            str(offer.number),
            _cut(offer.title),
            catalogue.partner_of(offer).name,
            text(f"catalogue.kinds.{offer.use.kind}", lang),
            offer.valid_until.isoformat(),
            text(f"catalogue.statuses.{offer.status}", lang),
        ]
        for offer in offers
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(map(_padded, row, widths)).rstrip() for row in rows)


def _cut(title: str) -> str:
    return title if len(title) <= MAX_TITLE_SHOWN else title[: MAX_TITLE_SHOWN - 1] + "…"


def _width(cell: str) -> int:
    return sum(0 if unicodedata.combining(char) else 1 for char in cell)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))
