"""From a model back to a file that an editor would have written, and that reads back as the same model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from catalogue.model.field_types import money_text, parse_money

# Plain in YAML 1.1, in YAML 1.2 and for our reader: begins with a letter, and nothing in it opens anything.
_PLAIN = re.compile(r"[^\W\d_](?:[\w '’/+().%€°²&,;!?…«»\u2212\u2013\u202f\u00a0-]|:(?=\w))*", re.UNICODE)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_DAY_OR_LINK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|https://[\w./?=&%:~+-]*[\w/]")
_MONEY = re.compile(r"[0-9 ]+(?:,[0-9]{2})? €")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def schema_line(kind: str) -> str:
    """The first line of a file: it tells VS Code which schema to check against."""
    return f"# yaml-language-server: $schema=../../docs/schema/{kind}.json\n"


def yaml_text(model: BaseModel, comments: Mapping[str, str] | None = None) -> str:
    """Write a model as YAML; fields that have their default value are left out, and so is the slug.

    Args:
        comments: by name of a field of the first level, the line to write above it.
    """
    lines: list[str] = []
    for name, value in plain_fields(model).items():
        if comments and name in comments:
            lines.append(f"# {comments[name]}")
        lines += _field(name, value, "")
    return "\n".join(lines) + "\n"


def yaml_lines(fields: Mapping[str, Any]) -> Iterator[str]:
    """Write names with text, numbers, `true`, `false`, lists and groups of them, line by line."""
    for name, value in fields.items():
        yield from _field(name, value, "")


def plain_fields(model: BaseModel) -> dict[str, Any]:
    """The fields as the content writes them: days and amounts as text, groups as dict, lists as list."""
    return {
        name: _as_written(getattr(model, name), field)
        for name, field in type(model).model_fields.items()
        if name != "slug" and (field.is_required() or getattr(model, name) != field.get_default())
    }


def entries(models: tuple[BaseModel, ...]) -> list[dict[str, Any]]:
    """Entries of a list file, slug included."""
    return [{"slug": getattr(model, "slug", ""), **plain_fields(model)} for model in models]


def _as_written(value: Any, field: FieldInfo) -> Any:
    if any(isinstance(part, BeforeValidator) and part.func is parse_money for part in field.metadata):
        return money_text(value)
    return _plain_value(value)


def _plain_value(value: Any) -> Any:
    if isinstance(value, BaseModel):
        if "slug" in type(value).model_fields:
            return entries((value,))[0]
        return plain_fields(value)
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain_value(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def _field(name: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield f"{indent}{name}:"
        for key, item in value.items():
            yield from _field(key, item, indent + "  ")
    elif isinstance(value, list) and value:
        yield f"{indent}{name}:"
        for item in value:
            yield from _item(item, indent + "  ")
    elif isinstance(value, str) and _fits_block(value):
        yield f"{indent}{name}: |"
        yield from (f"{indent}  {line}" if line else "" for line in value.split("\n"))
    else:
        yield f"{indent}{name}: {_scalar(value)}"


def _item(value: Any, indent: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{indent}- {_scalar(value)}"
        return
    lines = [line for key, item in value.items() for line in _field(key, item, indent + "  ")]
    yield f"{indent}- {lines[0].strip()}"
    yield from lines[1:]


def _fits_block(text: str) -> bool:
    """Several lines, none of which begins or ends in a way that a block would lose."""
    lines = text.split("\n")
    return len(lines) > 1 and text == text.strip() and all(line == line.rstrip() for line in lines)


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if value in ([], {}):
        return "[]" if value == [] else "{}"
    text = str(value)
    if _DAY_OR_LINK.fullmatch(text) or _MONEY.fullmatch(text):
        return text
    if _PLAIN.fullmatch(text) and text == text.strip() and text.casefold() not in _WORDS:
        return text
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
