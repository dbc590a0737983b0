"""Conversion of pydantic's errors to problems with a position, a message and a suggestion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Protocol, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from catalogue.model import field_types as shapes
from catalogue.model.field_types import Record
from catalogue.model.images import IMAGE_PATTERN
from catalogue.problems.did_you_mean import find_nearest_word, make_slug
from catalogue.problems.problem import Problem, Span
from catalogue.problems.source_file import SourceFile
from catalogue.problems.strict_yaml import Value

R = TypeVar("R", bound=BaseModel)

# French words that editors write instead of an English field name or value.
SYNONYMS = {
    "titre": "title",
    "resume": "summary",
    "résumé": "summary",
    "numero": "number",
    "numéro": "number",
    "partenaire": "partner",
    "besoins": "categories",
    "categorie": "categories",
    "catégories": "categories",
    "etapes": "steps",
    "étapes": "steps",
    "adresse": "address",
    "code_postal": "postcode",
    "lieux": "places",
    "horaires": "hours",
    "debut": "valid_from",
    "début": "valid_from",
    "fin": "valid_until",
    "limite": "limit",
    "territoire": "territory",
    "statut": "status",
    "exclusions": "not_allowed",
    "economie": "saving",
    "économie": "saving",
    "couleur": "colour",
    "color": "colour",
    "nom": "name",
    "lien": "url",
    "bon": "voucher",
    "carte": "card",
    "publie": "published",
    "publié": "published",
    "publiée": "published",
    "brouillon": "draft",
    "boutique": "store",
    "magasin": "store",
    "ligne": "online",
    "en ligne": "online",
    "mois": "month",
    "semaine": "week",
    "jour": "day",
}

PATTERN_CODES = {
    shapes.SLUG_PATTERN: "slug-shape",
    shapes.LINE_PATTERN: "text-several-lines",
    shapes.TAG_PATTERN: "tag-shape",
    shapes.HTTPS_PATTERN: "link-shape",
    shapes.EMAIL_PATTERN: "email-shape",
    shapes.PHONE_PATTERN: "phone-shape",
    shapes.COLOUR_PATTERN: "colour-shape",
    shapes.POSTCODE_PATTERN: "postcode-shape",
    shapes.COMMUNE_PATTERN: "commune-shape",
    shapes.TERRITORY_CODE_PATTERN: "territory-code-shape",
    shapes.COORDINATE_PATTERN: "coordinate-shape",
    shapes.PROMO_CODE_PATTERN: "promo-code-shape",
    IMAGE_PATTERN: "image-name-shape",
}

Location = tuple[int | str, ...]
Diagnosis = tuple[str, dict[str, str], str | None]


class LocatedValues(Protocol):
    """Values with their positions: the document of a YAML file, or a row of a spreadsheet."""

    @property
    def source(self) -> SourceFile: ...
    @property
    def data(self) -> Value: ...
    @property
    def empty(self) -> bool: ...

    def span(self, place: Iterable[int | str], of_key: bool = False) -> Span:
        """Return the position of the value at `place`."""

    def release(self) -> None:
        """Free the values once a model holds them."""


def validate_document(
    model: type[R], document: LocatedValues, added: Mapping[str, Any] | None = None
) -> R | list[Problem]:
    """Return a model of a document that is a mapping, or all its problems.

    Args:
        model: the type to make.
        document: the values.
        added: fields that do not come from the text, such as the slug, which is the file's name.
    """
    if not isinstance(document.data, dict):
        code = "file-empty" if document.empty else "value-not-mapping"
        return [Problem(document.source.path, code, document.source.span(1, 1), {"field": "", "found": ""})]
    data = document.data
    problems = [
        Problem(
            document.source.path,
            "field-given-by-file-name",
            document.span((name,), of_key=True),
            {"field": name},
        )
        for name in added or {}
        if name in data
    ]
    try:
        built = model.model_validate({**data, **added} if added else data)
    except ValidationError as error:
        return problems + convert_errors(model, document, error.errors(include_url=False))
    if problems:
        return problems
    document.release()
    return built


def convert_errors(
    model: type[BaseModel], document: LocatedValues, errors: Iterable[ErrorDetails]
) -> list[Problem]:
    """Return a problem, with its position in the file, for each of pydantic's errors."""
    told = [(error["loc"], _problem(model, document, error)) for error in errors]
    # `titre: …` is both an unknown field and a missing `title`. The unknown field's suggestion covers both.
    meant = {(place[:-1], problem.suggestion) for place, problem in told if problem.code == "field-unknown"}
    return [
        problem
        for place, problem in told
        if problem.code != "field-missing" or (place[:-1], str(place[-1:][0])) not in meant
    ]


def _problem(model: type[BaseModel], document: LocatedValues, error: ErrorDetails) -> Problem:
    place = _place(document.data, error["loc"])
    code, values, suggestion = _diagnose(model, error)
    of_key = error["type"] in ("extra_forbidden", "missing") or bool(error["loc"][-1:] == ("[key]",))
    leaf = str(place[-1]) if place else ""
    values = {"field": _name(place), "leaf": leaf, "found": _found(error["input"]), **values}
    return Problem(document.source.path, code, document.span(place, of_key=of_key), values, suggestion)


def _place(data: Any, location: Location) -> Location:
    """Return the location without steps that are not in the file: the member of a union, `[key]`."""
    place: list[int | str] = []
    last = len(location) - 1
    for index, step in enumerate(location):
        if index < last and isinstance(data, dict) and data.get("kind") == step and step != "kind":
            continue  # the tag of a union, which may also be the name of one of its fields
        inside, data = _step_into(data, step)
        if inside or index == last:
            place.append(step)
    return tuple(place)


def _step_into(data: Any, step: int | str) -> tuple[bool, Any]:
    """Return True and the value at a step of `data`, or False and `data` itself."""
    if isinstance(data, dict) and step in data:
        return True, data[step]
    if isinstance(data, tuple) and isinstance(step, int) and step < len(data):
        return True, data[step]
    return False, data


def _name(place: Location) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in place)


def _found(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | tuple):
        return "…"
    shown = str(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def _diagnose(model: type[BaseModel], error: ErrorDetails) -> Diagnosis:
    kind, context = error["type"], error.get("ctx", {})
    teller = _DIAGNOSES.get(kind)
    if teller is not None:
        return teller(model, error, context)
    if kind in _SIMPLE:
        return _SIMPLE[kind], {}, None
    return kind, {name: str(value) for name, value in context.items()}, None


def _unknown_field(model: type[BaseModel], error: ErrorDetails, context: Mapping[str, Any]) -> Diagnosis:
    known = _fields_at(model, error["loc"][:-1])
    word = str(error["loc"][-1])
    return "field-unknown", {"known": ", ".join(known)}, _meant(word, known)


def _unknown_value(model: type[BaseModel], error: ErrorDetails, context: Mapping[str, Any]) -> Diagnosis:
    expected = str(context.get("expected", context.get("expected_tags", "")))
    known = [part for part in expected.replace(" or ", ", ").replace("'", "").split(", ") if part]
    found = str(context.get("tag", error["input"]))
    return "value-unknown", {"known": ", ".join(known), "found": found}, _meant(found, known)


def _no_kind(model: type[BaseModel], error: ErrorDetails, context: Mapping[str, Any]) -> Diagnosis:
    return "field-missing", {"field": f"{_name(error['loc'])}.kind", "leaf": "kind"}, None


def _pattern(model: type[BaseModel], error: ErrorDetails, context: Mapping[str, Any]) -> Diagnosis:
    code = PATTERN_CODES[str(context["pattern"])]
    return code, {}, (make_slug(str(error["input"])) or None) if code == "slug-shape" else None


def _day(model: type[BaseModel], error: ErrorDetails, context: Mapping[str, Any]) -> Diagnosis:
    """Suggest the ISO form of a date in another form, such as 31/12/2027 or « le 2027-12-31 »."""
    found = str(context["found"])
    parts = _ISO_INSIDE.search(found) or _AS_IN_A_LETTER.fullmatch(found.strip())
    meant = None
    if parts is not None:
        year, month, day = (int(parts[name]) for name in ("year", "month", "day"))
        with suppress(ValueError):
            meant = date(year, month, day).isoformat()
    return "day-shape", {"found": found}, meant


def _length(code: str) -> Callable[[type[BaseModel], ErrorDetails, Mapping[str, Any]], Diagnosis]:
    def tell(model: type[BaseModel], error: ErrorDetails, context: Mapping[str, Any]) -> Diagnosis:
        limit = context.get("max_length", context.get("min_length", ""))
        held = context.get("actual_length") or len(error["input"])
        return code, {"limit": str(limit), "length": str(held)}, None

    return tell


def _range(model: type[BaseModel], error: ErrorDetails, context: Mapping[str, Any]) -> Diagnosis:
    bound = next(str(context[name]) for name in ("ge", "le", "gt", "lt") if name in context)
    return ("number-too-small" if "ge" in context else "number-too-large"), {"bound": bound}, None


_SIMPLE = {
    "missing": "field-missing",
    "string_type": "value-not-text",
    "int_type": "value-not-number",
    "bool_type": "value-not-boolean",
    "tuple_type": "value-not-list",
    "dict_type": "value-not-mapping",
    "model_type": "value-not-mapping",
    "model_attributes_type": "value-not-mapping",
}
_ISO_INSIDE = re.compile(r"\b(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})\b")
_AS_IN_A_LETTER = re.compile(r"(?P<day>[0-9]{1,2})[-/. ](?P<month>[0-9]{1,2})[-/. ](?P<year>[0-9]{4})")
_DIAGNOSES: dict[str, Callable[[type[BaseModel], ErrorDetails, Mapping[str, Any]], Diagnosis]] = {
    "extra_forbidden": _unknown_field,
    "literal_error": _unknown_value,
    "union_tag_invalid": _unknown_value,
    "union_tag_not_found": _no_kind,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _length("text-too-long"),
    "string_too_short": _length("text-empty"),
    "too_long": _length("list-too-long"),
    "too_short": _length("list-too-short"),
    "greater_than_equal": _range,
    "less_than_equal": _range,
    "day-shape": _day,
}


def _meant(word: str, known: list[str]) -> str | None:
    synonym = SYNONYMS.get(word.casefold())
    return synonym if synonym in known else find_nearest_word(word, known)


def _fields_at(model: type[BaseModel], location: Location) -> list[str]:
    """Return the names of the fields that a mapping at this location may have."""
    models: list[type[BaseModel]] = [model]
    for step in location:
        inner = [found for held in models for found in _inner_models(held, step)]
        models = inner or models
    return sorted({name for held in models for name in held.model_fields if name != "slug"})


def _inner_models(model: type[BaseModel], step: int | str) -> list[type[BaseModel]]:
    """Return the models of a field; for a union, the member whose tag is `step`."""
    field = model.model_fields.get(str(step))
    if field is not None:
        return _models_in(field)
    kind = model.model_fields.get("kind")
    return [model] if kind is not None and step in get_args(kind.annotation) else []


def _models_in(field: FieldInfo) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    pending: list[Any] = [field.annotation]
    while pending:
        part = pending.pop()
        if isinstance(part, type) and issubclass(part, BaseModel):
            found.append(part)
        else:
            pending += get_args(part)
    return found


def readable_part(model: type[R], document: LocatedValues) -> R | None:
    """Return a model of the correct fields of a faulty document, or None when there is nothing to read.

    Access to a missing or faulty field raises AttributeError: rules that need it are skipped.
    """
    if not isinstance(document.data, dict):
        return None
    try:
        model.model_validate(document.data)
        return None
    except ValidationError as error:
        faulty = {str(item["loc"][0]) for item in error.errors(include_url=False)}
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in model.model_fields.items() if name not in faulty
    }
    part = create_model("ReadablePart", __base__=Record, **fields)
    return cast(
        R, part.model_validate({name: document.data[name] for name in fields if name in document.data})
    )
