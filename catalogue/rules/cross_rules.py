"""Rules across several files. They are pure functions of models and read no file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from catalogue.model.classification import Category, Programme
from catalogue.model.facts import OfferFacts, OfferReferences
from catalogue.model.partner import Partner
from catalogue.model.site_texts import Theme
from catalogue.problems.breach import Breach
from catalogue.problems.did_you_mean import find_nearest_word

REVIEW_AFTER_DAYS = 365
WARN_END_DAYS = 30


@dataclass(frozen=True)
class ReferenceTargets:
    """The partners, categories and programmes that offers may refer to.

    Attributes:
        partners: by slug; None for a partner whose file is faulty.
        categories: slugs; None when the list is faulty. References are then not checked, because every
            offer would be reported.
        programmes: slugs; None as for `categories`.
    """

    partners: Mapping[str, Partner | None]
    categories: tuple[str, ...] | None
    programmes: tuple[str, ...] | None


def _partner(offer: OfferReferences, known: ReferenceTargets) -> Iterator[Breach]:
    if offer.partner not in known.partners:
        yield _unknown(("partner",), "partner-unknown", offer.partner, known.partners)


def _categories(offer: OfferReferences, known: ReferenceTargets) -> Iterator[Breach]:
    if known.categories is not None:
        yield from _unknown_slugs("categories", "category-unknown", offer.categories, known.categories)


def _programmes(offer: OfferReferences, known: ReferenceTargets) -> Iterator[Breach]:
    if known.programmes is not None:
        yield from _unknown_slugs("programmes", "programme-unknown", offer.programmes, known.programmes)


def _unknown_slugs(field: str, code: str, given: tuple[str, ...], known: tuple[str, ...]) -> Iterator[Breach]:
    for index, slug in enumerate(given):
        if slug not in known:
            yield _unknown((field, index), code, slug, known)


def _unknown(place: tuple[int | str, ...], code: str, found: str, known: Iterable[str]) -> Breach:
    names = sorted(known)
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return Breach(place, code, {"found": found, "known": shown}, find_nearest_word(found, names))


def _agreement(offer: OfferReferences, known: ReferenceTargets) -> Iterator[Breach]:
    partner = known.partners.get(offer.partner)
    until = partner.agreement_until if partner is not None else None
    if until is not None and offer.valid_until > until and offer.status != "retired":
        values = {"end": str(offer.valid_until), "agreement": str(until), "partner": offer.partner}
        yield Breach(("valid_until",), "offer-outlives-agreement", values, str(until))


class References(NamedTuple):
    """The fields that reference rules read. Offers with equal fields have the same breaches."""

    partner: str
    categories: tuple[str, ...]
    programmes: tuple[str, ...]
    valid_until: date
    status: str


REFERENCE_RULES: tuple[Callable[[OfferReferences, ReferenceTargets], Iterator[Breach]], ...] = (
    _partner,
    _categories,
    _programmes,
    _agreement,
)


def reference_check(known: ReferenceTargets) -> Callable[[OfferFacts], tuple[Breach, ...]]:
    """Return a function that applies all reference rules.

    Results are cached: thousands of offers share few combinations of references.
    """

    @cache
    def breaches(told: tuple[Any, ...]) -> tuple[Breach, ...]:
        return tuple(breach for rule in REFERENCE_RULES for breach in rule(References(*told), known))

    references = attrgetter(*References._fields)
    return lambda offer: breaches(references(offer))


def repeated_numbers(offers: Iterable[tuple[str, OfferFacts]]) -> Iterator[tuple[str, Breach]]:
    """Yield each offer whose number an earlier file has already, with the path of its file.

    Args:
        offers: path and offer, in the order of paths.
    """
    first: dict[int, str] = {}
    numbers: set[int] = set()
    listed = list(offers)
    numbers.update(offer.number for _, offer in listed)
    for path, offer in listed:
        owner = first.setdefault(offer.number, path)
        if owner != path:
            values = {"number": str(offer.number), "owner": owner}
            yield path, Breach(("number",), "number-repeated", values, str(max(numbers) + 1))


def repeated_slugs(field: str, items: Iterable[Category | Programme]) -> Iterator[Breach]:
    """Yield each entry whose slug an earlier entry of the list has already."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item.slug in seen:
            yield Breach((field, index, "slug"), "slug-repeated", {"found": item.slug})
        seen.add(item.slug)


def category_colours(categories: Iterable[Category], theme: Theme) -> Iterator[Breach]:
    """Yield each category colour, or its text colour `on-…`, that the theme does not define."""
    for index, category in enumerate(categories):
        for name in (category.colour, f"on-{category.colour}"):
            if name not in theme.light:
                yield Breach(
                    ("categories", index, "colour"),
                    "colour-unknown",
                    {"found": category.colour, "name": name},
                    find_nearest_word(name, theme.light),
                )


def offer_warnings(offer: OfferFacts, today: date) -> Iterator[Breach]:
    """Yield warnings about dates of a published offer; `today` is a day in Europe/Paris."""
    if offer.status != "published":
        return
    if offer.reviewed is None:
        yield Breach(("status",), "never-reviewed", warning=True)
    elif offer.reviewed > today:
        yield Breach(("reviewed",), "reviewed-in-future", {"day": str(offer.reviewed)}, warning=True)
    elif today - offer.reviewed > timedelta(days=REVIEW_AFTER_DAYS):
        yield Breach(("reviewed",), "review-old", {"day": str(offer.reviewed)}, warning=True)
    if offer.valid_until < today:
        yield Breach(("valid_until",), "offer-expired", {"day": str(offer.valid_until)}, warning=True)
    elif offer.valid_until - today <= timedelta(days=WARN_END_DAYS):
        left = str((offer.valid_until - today).days)
        yield Breach(
            ("valid_until",), "offer-ends-soon", {"day": str(offer.valid_until), "left": left}, warning=True
        )
