"""The kinds of value that a field of content/ may hold, with their limits.

The reader hands over text, `true`/`false`, whole numbers and null, nothing else; the types here decide.
Limits are part of the product: a title that does not fit a card is not a title.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

MAX_SLUG = 60
MAX_TITLE = 60
MAX_SUMMARY = 160
MAX_HEADLINE = 24
MAX_SENTENCE = 200
MAX_CASHIER_TERM = 120  # read aloud at a till in one breath
MAX_MARKDOWN = 4_000
MAX_PAGE = 40_000
MAX_URL = 300
MAX_CENTS = 100_000_000  # one million euros: beyond it, somebody typed cents

SLUG_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
LINE_PATTERN = r"^[^\n]*$"
TAG_PATTERN = r"^[a-zà-öø-ÿœ0-9]+(?:[ '’-][a-zà-öø-ÿœ0-9]+)*$"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_URL_CHARS = r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]"
# No user name, no upper-case or international host, no white space: what is read is where it goes.
HTTPS_PATTERN = (
    rf"^https://{_LABEL}(?:\.{_LABEL})+(?::[0-9]{{2,5}})?(?:/{_URL_CHARS}*)?"
    rf"(?:\?(?:{_URL_CHARS}|\?)*)?(?:#(?:{_URL_CHARS}|\?)*)?$"
)
EMAIL_PATTERN = rf"^[A-Za-z0-9._+-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+$"
PHONE_PATTERN = r"^0[1-9](?: [0-9]{2}){4}$"
COLOUR_PATTERN = r"^#[0-9a-f]{6}$"
POSTCODE_PATTERN = r"^[0-9]{5}$"
COMMUNE_PATTERN = r"^(?:[0-9]{2}|2[AB])[0-9]{3}$"
DEPARTMENT_PATTERN = r"^(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])$"
TERRITORY_CODE_PATTERN = r"^(?:[0-9]{2}|2[AB])[0-9]{0,3}$"
COORDINATE_PATTERN = r"^-?[0-9]{1,3}\.[0-9]{1,7}$"
PROMO_CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"
MONEY_PATTERN = r"^[0-9]{1,3}(?:[  \u202f]?[0-9]{3})*(?:,[0-9]{2})?[  \u202f]?€$"
DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

_MONEY = re.compile(MONEY_PATTERN)
_DAY = re.compile(DAY_PATTERN)
_SPACES = re.compile(r"[  \u202f€]")


class Record(BaseModel):
    """Base of every model: frozen, no unknown field, and no silent conversion of one type to another."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, validate_default=False, defer_build=True
    )

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process as a row of values, which is shorter and quicker than with their names."""
        return _of_values, (type(self), *map(self.__dict__.__getitem__, type(self).__pydantic_fields__))


def _of_values(model: type[Record], *values: Any) -> Record:
    """A record that was valid; which of its fields were set by hand is forgotten."""
    record = model.__new__(model)
    for name, value in (
        ("__dict__", dict(zip(model.__pydantic_fields__, values, strict=True))),
        ("__pydantic_fields_set__", _NONE_BY_HAND),
        ("__pydantic_extra__", None),
        ("__pydantic_private__", None),
    ):
        object.__setattr__(record, name, value)
    return record


_NONE_BY_HAND: set[str] = set()


def _as_written(value: Any) -> Any:
    """A plain whole number stands for its digits: `postcode: 95200` and `postcode: "95200"` are one."""
    return str(value) if type(value) is int else value


def parse_day(value: Any) -> Any:
    """Read a calendar day written YYYY-MM-DD; anything else is refused, never shifted."""
    if type(value) is date:
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("day-shape", "day", {"found": str(value)})
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("day-impossible", "day", {"found": value}) from None


def parse_money(value: Any) -> Any:
    """Read an amount written `40 €` or `6,95 €` into cents.

    A bare number is refused: nobody can tell euros from cents, and the difference is a hundredfold.
    """
    if not isinstance(value, str) or not _MONEY.fullmatch(value):
        raise PydanticCustomError("money-shape", "money", {"found": str(value)})
    euros, _, cents = _SPACES.sub("", value).partition(",")
    return int(euros) * 100 + int(cents or 0)


def money_text(cents: int) -> str:
    """Write cents as the content does: `40 €`, `6,95 €`. The inverse of `parse_money`."""
    euros, rest = divmod(cents, 100)
    return f"{euros},{rest:02d} €" if rest else f"{euros} €"


def line(limit: int, minimum: int = 1) -> Any:
    """The bounds of a text of one line, without white space around it."""
    return StringConstraints(
        min_length=minimum, max_length=limit, pattern=LINE_PATTERN, strip_whitespace=True
    )


def _shape(pattern: str, limit: int | None = None) -> Any:
    """A pattern, and a limit where the pattern has none: for a postcode, « too long » would say little."""
    return StringConstraints(pattern=pattern, max_length=limit)


def _digits_schema(pattern: str) -> Any:
    # YAML 1.2, which VS Code applies, sees a number in an unquoted 95200; our reader sees its digits.
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": pattern}, {"type": "integer"}]})


Slug = Annotated[str, _shape(SLUG_PATTERN, MAX_SLUG)]
Title = Annotated[str, line(MAX_TITLE)]
Summary = Annotated[str, line(MAX_SUMMARY)]
Headline = Annotated[str, line(MAX_HEADLINE)]
Sentence = Annotated[str, line(MAX_SENTENCE)]
CashierTerm = Annotated[str, line(MAX_CASHIER_TERM)]
Label = Annotated[str, line(80)]
Tag = Annotated[str, _shape(TAG_PATTERN, 30)]
Markdown = Annotated[str, StringConstraints(min_length=1, max_length=MAX_MARKDOWN, strip_whitespace=True)]
PageBody = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PAGE, strip_whitespace=True)]
Https = Annotated[str, _shape(HTTPS_PATTERN, MAX_URL)]
Email = Annotated[str, _shape(EMAIL_PATTERN, 120)]
Phone = Annotated[str, _shape(PHONE_PATTERN)]
Colour = Annotated[str, _shape(COLOUR_PATTERN)]
Coordinate = Annotated[
    str,
    _shape(COORDINATE_PATTERN),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": COORDINATE_PATTERN}, {"type": "number"}]}),
]
Postcode = Annotated[
    str, _shape(POSTCODE_PATTERN), BeforeValidator(_as_written), _digits_schema(POSTCODE_PATTERN)
]
CommuneCode = Annotated[
    str, _shape(COMMUNE_PATTERN), BeforeValidator(_as_written), _digits_schema(COMMUNE_PATTERN)
]
TerritoryCode = Annotated[
    str,
    _shape(TERRITORY_CODE_PATTERN),
    BeforeValidator(_as_written),
    _digits_schema(TERRITORY_CODE_PATTERN),
]
PromoCode = Annotated[
    str, _shape(PROMO_CODE_PATTERN), BeforeValidator(_as_written), _digits_schema(PROMO_CODE_PATTERN)
]
BarcodeText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=48),
    BeforeValidator(_as_written),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1, "maxLength": 48}, {"type": "integer"}]}),
]
Day = Annotated[
    date,
    BeforeValidator(parse_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY_PATTERN}),
]
Cents = Annotated[
    int,
    Field(ge=1, le=MAX_CENTS),
    BeforeValidator(parse_money),
    WithJsonSchema({"type": "string", "pattern": MONEY_PATTERN}),
]
