"""Rules within one file, beyond the type of each field. They are pure functions of a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from catalogue.model.barcodes import expected_check_digit, has_shape
from catalogue.model.field_types import DEPARTMENT_PATTERN
from catalogue.model.geography import Place
from catalogue.model.offer import MAX_VOUCHER_DAYS, Offer
from catalogue.model.site_texts import Theme
from catalogue.model.ways_of_use import BarcodeUse, CodeUse
from catalogue.problems.breach import Breach

_DEPARTMENT = re.compile(DEPARTMENT_PATTERN)


def theme_breaches(theme: Theme) -> Iterator[Breach]:
    """Yield each colour that only one of the light and dark appearances defines."""
    for held, other, names in (("light", "dark", theme.light), ("dark", "light", theme.dark)):
        for name in names:
            if name not in getattr(theme, other):
                yield Breach((held, name), "theme-one-sided", {"name": name, "other": other})


def _dates(offer: Offer) -> Iterator[Breach]:
    days = (offer.valid_until - offer.valid_from).days + 1
    if days < 1:
        yield Breach(
            ("valid_until",),
            "dates-reversed",
            {"start": str(offer.valid_from), "end": str(offer.valid_until)},
        )
    elif offer.use.kind == "voucher" and days > MAX_VOUCHER_DAYS:
        yield Breach(
            ("valid_until",), "voucher-too-long", {"days": str(days), "limit": str(MAX_VOUCHER_DAYS)}
        )


def _age(offer: Offer) -> Iterator[Breach]:
    if offer.age is not None and offer.age.min > offer.age.max:
        yield Breach(("age", "min"), "ages-reversed", {"min": str(offer.age.min), "max": str(offer.age.max)})


def _use(offer: Offer) -> Iterator[Breach]:
    if isinstance(offer.use, CodeUse):
        yield from _given(offer.use.code, offer.use.source == "shared", "code", offer.use.source)
    elif isinstance(offer.use, BarcodeUse):
        yield from _given(offer.use.value, offer.use.source == "fixed", "value", offer.use.source)
        yield from _barcode(offer.use)


def _given(value: str | None, needed: bool, name: str, source: str) -> Iterator[Breach]:
    if needed and value is None:
        yield Breach(("use", "source"), "use-value-missing", {"name": name, "source": source})
    elif not needed and value is not None:
        yield Breach(("use", name), "use-value-unwanted", {"name": name, "source": source})


def _barcode(use: BarcodeUse) -> Iterator[Breach]:
    if use.value is None:
        return
    if not has_shape(use.symbology, use.value):
        yield Breach(("use", "value"), "barcode-shape", {"symbology": use.symbology, "found": use.value})
        return
    digit = expected_check_digit(use.symbology, use.value)
    if digit is not None and digit != use.value[-1]:
        meant = use.value[:-1] + digit
        values = {"found": use.value, "digit": use.value[-1], "expected": digit}
        yield Breach(("use", "value"), "barcode-check-digit", values, suggestion=meant)


def _territory(offer: Offer) -> Iterator[Breach]:
    kind, codes = offer.territory.kind, offer.territory.codes
    if kind == "national" and codes:
        yield Breach(("territory", "codes"), "territory-codes-unwanted")
    if kind != "national" and not codes:
        yield Breach(("territory", "kind"), "territory-codes-missing", {"kind": kind})
    for index, code in enumerate(codes if kind != "national" else ()):
        if _is_department(code) != (kind == "departments") or (kind == "communes" and len(code) != 5):
            yield Breach(("territory", "codes", index), f"territory-not-{kind}", {"found": code})


def _is_department(code: str) -> bool:
    return _DEPARTMENT.fullmatch(code) is not None


def _places(offer: Offer) -> Iterator[Breach]:
    if offer.channel == "online" and offer.places:
        yield Breach(("channel",), "places-unwanted")
    if offer.channel == "online" and offer.use.kind == "card":
        yield Breach(("channel",), "card-needs-store")


def _place_locations(offer: Offer) -> Iterator[Breach]:
    for index, place in enumerate(offer.places):
        yield from _place(index, place)
        if not offer.territory.covers(place.insee):
            yield Breach(
                ("places", index, "insee"), "place-outside-territory", {"place": place.name}, warning=True
            )


def _place(index: int, place: Place) -> Iterator[Breach]:
    where = ("places", index)
    if (place.latitude is None) != (place.longitude is None):
        present = "latitude" if place.longitude is None else "longitude"
        yield Breach((*where, present), "coordinate-alone", {"place": place.name})
    for name, value, bound in (("latitude", place.latitude, 90), ("longitude", place.longitude, 180)):
        if value is not None and abs(float(value)) > bound:
            yield Breach((*where, name), "coordinate-range", {"found": value, "bound": str(bound)})
    if place.postcode[:2] != place.insee[:2] and place.postcode[:2] != "20":
        values = {"postcode": place.postcode, "insee": place.insee}
        yield Breach((*where, "insee"), "commune-elsewhere", values, warning=True)
    if place.postcode == place.insee:
        yield Breach((*where, "insee"), "commune-is-postcode", {"found": place.insee}, warning=True)


def _repeats(offer: Offer) -> Iterator[Breach]:
    lists = {
        "categories": offer.categories,
        "tags": offer.tags,
        "programmes": offer.programmes,
        "conditions": offer.conditions,
        "not_allowed": offer.not_allowed,
        "cashier_terms": offer.cashier_terms,
    }
    for name, items in lists.items():
        if len(items) == len(set(items)):
            continue
        for index, item in enumerate(items):
            if item in items[:index]:
                yield Breach((name, index), "list-repeats", {"found": item})


# The rules are independent: for a partly readable offer, the rules that need a missing field are skipped.
OFFER_RULES: tuple[Callable[[Offer], Iterator[Breach]], ...] = (
    _dates,
    _age,
    _use,
    _territory,
    _places,
    _place_locations,
    _repeats,
)
