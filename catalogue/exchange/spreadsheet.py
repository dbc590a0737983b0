"""Offers as rows of a spreadsheet: one column a field, lists one item a line inside their cell.

A row holds all of an offer, so that what is exported can be edited and imported again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from catalogue.exchange.writing import plain_fields
from catalogue.model.offer import Offer
from cje.table import encode_table, unguard_cell

LINES = ("steps", "conditions", "not_allowed", "cashier_terms", "sources")
SLUGS = ("categories", "tags", "programmes")
USE = ("paper", "short_code", "identity_check", "amount_asked", "source", "code", "url", "symbology", "value")
PLACE = ("name", "address", "postcode", "commune", "insee", "hours", "latitude", "longitude")
PLACE_SEPARATOR = " :: "

# Column: where its value stands in an offer.
COLUMNS: dict[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in ("number", "slug", "status", "title", "headline", "summary", "description", "partner")
    },
    "image": ("image", "file"),
    "image_alt": ("image", "alt"),
    **{name: (name,) for name in SLUGS},
    "kind": ("use", "kind"),
    **{name: ("use", name) for name in USE},
    **{name: (name,) for name in LINES},
    "valid_from": ("valid_from",),
    "valid_until": ("valid_until",),
    "uses": ("limit", "uses"),
    "period": ("limit", "period"),
    "age_min": ("age", "min"),
    "age_max": ("age", "max"),
    "territory": ("territory", "kind"),
    "territory_codes": ("territory", "codes"),
    "territory_label": ("territory", "label"),
    "channel": ("channel",),
    "places": ("places",),
    "saving": ("saving",),
    "reviewed": ("reviewed",),
}
COLUMN_AT = {place: name for name, place in COLUMNS.items()}

_PERCENT = re.compile(r"([1-9][0-9]{0,2})[  \u202f]?% (?:de|of) (.+)")
_AMOUNT = re.compile(r"[0-9][0-9  \u202f]*(?:,[0-9]{2})?[  \u202f]?€")


def csv_text(offers: Iterable[Offer], separator: str = ";", bom: bool = False) -> str:
    """All offers, one a row, under a row of column names. Lines end as RFC 4180 says.

    Args:
        bom: begin with U+FEFF, without which Excel misreads accents.
    """
    return encode_table(COLUMNS, map(row, offers), separator, mark=bom)


def row(offer: Offer) -> list[str]:
    """An offer's cells, in the order of COLUMNS; empty where the offer says nothing."""
    fields = {"slug": offer.slug, **plain_fields(offer)}
    return [_cell(name, _at(fields, place)) for name, place in COLUMNS.items()]


def _at(fields: Any, place: tuple[str, ...]) -> Any:
    for step in place:
        fields = fields.get(step) if isinstance(fields, Mapping) else None
    return fields


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name == "places":
        return "\n".join(
            PLACE_SEPARATOR.join(str(place.get(part) or "") for part in PLACE).rstrip(" :") for place in value
        )
    if name == "saving":
        return _saving_text(value)
    if isinstance(value, list):
        return ("\n" if name in LINES else ", ").join(str(item) for item in value)
    return str(value)


def _saving_text(value: Mapping[str, Any]) -> str:
    if value["kind"] == "percent":
        return f"{value['percent']} % de {value['basket']}"
    return str(value["amount" if value["kind"] == "amount" else "text"])


def fields_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an offer, as a file would give them, from cells by column; empty cells say nothing."""
    fields: dict[str, Any] = {}
    for name, written in cells.items():
        cell = unguard_cell(written).strip()
        if cell:
            _put(fields, COLUMNS[name], _READERS.get(name, _plain)(cell))
    return fields


def _put(fields: dict[str, Any], place: tuple[str, ...], value: Any) -> None:
    for step in place[:-1]:
        fields = fields.setdefault(step, {})
    fields[place[-1]] = value


def _plain(cell: str) -> Any:
    return cell


def _whole(cell: str) -> Any:
    return int(cell) if re.fullmatch(r"0|[1-9][0-9]{0,11}", cell) else cell


def _yes(cell: str) -> Any:
    words = {"oui": True, "true": True, "vrai": True, "non": False, "false": False, "faux": False}
    return words.get(cell.casefold(), cell)


def _lines(cell: str) -> Any:
    return tuple(line.strip() for line in cell.splitlines() if line.strip())


def _words(cell: str) -> Any:
    return tuple(word.strip() for word in re.split(r"[,\n]", cell) if word.strip())


def _places(cell: str) -> Any:
    return tuple(
        {
            name: part.strip()
            for name, part in zip(PLACE, line.split(PLACE_SEPARATOR.strip()), strict=False)
            if part.strip()
        }
        for line in _lines(cell)
    )


def _saving(cell: str) -> Any:
    rate = _PERCENT.fullmatch(cell)
    if rate:
        return {"kind": "percent", "percent": int(rate[1]), "basket": rate[2]}
    if _AMOUNT.fullmatch(cell):
        return {"kind": "amount", "amount": cell}
    return {"kind": "free_text", "text": cell}


_READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("number", "uses", "age_min", "age_max"), _whole),
    **dict.fromkeys(("paper", "short_code", "identity_check", "amount_asked"), _yes),
    **dict.fromkeys(LINES, _lines),
    **dict.fromkeys((*SLUGS, "territory_codes"), _words),
    "places": _places,
    "saving": _saving,
}
