"""Groups of offers by tag, by department and by date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from operator import attrgetter

from catalogue import Offer
from catalogue.model.departments import DEPARTMENTS, department_of
from catalogue.model.offer import ENDS_SOON_DAYS
from catalogue.problems.did_you_mean import make_slug
from cje.locales import text, typographic

__all__ = ["NEW_FOR", "Group", "by_tag", "by_territory", "ends_soon", "new_ones"]

# The page of a tag with one offer would only link back to that offer.
LEAST_FOR_A_TAG = 2
NEW_FOR = timedelta(days=30)

slug_of = cache(make_slug)  # 10,000 offers share few tags


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Offers that share a page. Groups compare by identity, because hashing their numbers takes long.

    Attributes:
        name: a tag of the content, in French on every page, or a name in the page's language.
        numbers: numbers of the offers.
    """

    slug: str
    name: str
    path: str
    numbers: frozenset[int]
    is_content: bool = True


def by_tag(offers: Iterable[Offer]) -> Mapping[str, Group]:
    """Return the groups of tags by slug, in alphabetical order. « Été » and « été » have the same slug."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for offer in offers:
        alike.setdefault(offer.tags, []).append(offer.number)
    names: dict[str, str] = {}
    numbers: dict[str, set[int]] = {}
    for tags, found in alike.items():
        for tag in tags:
            slug = slug_of(tag)
            if slug:
                names.setdefault(slug, tag)
                numbers.setdefault(slug, set()).update(found)
    return {
        slug: Group(slug, typographic(names[slug]), f"etiquettes/{slug}/", frozenset(numbers[slug]))
        for slug in sorted(names)
        if len(numbers[slug]) >= LEAST_FOR_A_TAG
    }


def by_territory(offers: Iterable[Offer], lang: str) -> Mapping[str, Group]:
    """Groups by department code, by name, then the one of offers that are valid everywhere: `france`."""
    alike: dict[tuple[str, ...] | None, list[int]] = {}
    for offer in offers:
        territory = offer.territory
        alike.setdefault(None if territory.kind == "national" else territory.codes, []).append(offer.number)
    numbers: dict[str, set[int]] = {}
    for codes, found in alike.items():
        for place in ("france",) if codes is None else map(department_of, codes):
            numbers.setdefault(place, set()).update(found)
    known = sorted((code for code in numbers if code in DEPARTMENTS), key=lambda code: DEPARTMENTS[code])
    groups = {
        code: Group(
            code, f"{DEPARTMENTS[code]} ({code})", f"territoires/{code.lower()}/", frozenset(numbers[code])
        )
        for code in known
    }
    if "france" in numbers:
        everywhere = text("site.territories.everywhere", lang)
        groups["france"] = Group(
            "france", everywhere, "territoires/france/", frozenset(numbers["france"]), is_content=False
        )
    return groups


def new_ones(current: Iterable[Offer], day: date) -> list[Offer]:
    """Return offers that began within the last month, newest first; equal dates keep the given order."""
    since = day - NEW_FOR
    new = (offer for offer in current if offer.valid_from >= since)
    return sorted(new, key=attrgetter("valid_from"), reverse=True)


def ends_soon(current: Iterable[Offer], day: date) -> list[Offer]:
    """Return offers that end within ten days, earliest first; equal dates keep the given order."""
    last = day + timedelta(days=ENDS_SOON_DAYS)
    soon = (offer for offer in current if offer.valid_until <= last)
    return sorted(soon, key=attrgetter("valid_until"))
