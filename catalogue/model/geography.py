"""Where an offer is valid, and the places where it is used."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from catalogue.model.field_types import (
    CommuneCode,
    Coordinate,
    Label,
    Postcode,
    Record,
    Sentence,
    TerritoryCode,
)

MAX_CODES = 200
MAX_PLACES = 100


class Territory(Record):
    """Who is near enough: everyone, some departments, or some communes.

    Attributes:
        codes: department numbers (`95`, `2A`) or INSEE commune codes (`95585`); empty when national.
        label: the words that a person reads, such as « Val d'Oise » or « Sarcelles et Garges ».
    """

    kind: Literal["national", "departments", "communes"]
    codes: Annotated[tuple[TerritoryCode, ...], Field(max_length=MAX_CODES)] = ()
    label: Label

    def covers(self, commune: str) -> bool:
        """Whether a commune, named by its INSEE code, lies in the territory."""
        return self.kind == "national" or any(commune.startswith(code) for code in self.codes)


class Place(Record):
    """A shop, a counter, a hall.

    Attributes:
        insee: the commune's INSEE code, which is not its postcode.
        hours: free text.
        latitude, longitude: WGS 84 decimal degrees, kept exactly as written; both or neither.
    """

    name: Label
    address: Label
    postcode: Postcode
    commune: Label
    insee: CommuneCode
    hours: Sentence | None = None
    latitude: Coordinate | None = None
    longitude: Coordinate | None = None
