"""Plural categories of Unicode CLDR: ``zero``, ``one``, ``two``, ``few``, ``many`` and ``other``.

Rules are read in the syntax of Unicode TR 35, part 3 ("Language Plural Rules"): conditions joined by ``and``
and ``or`` that compare an operand of the number, perhaps modulo another, with values and ranges.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from cje.locales.languages import language

__all__ = ["CATEGORIES", "PluralRuleError", "categories_of", "plural_category"]

CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
_COUNTED = 1_000  # every category of whole numbers but French `many` (un million de …) occurs below

_Condition = Callable[[str], bool]
_RANGE = r"[0-9]+(?:\.\.[0-9]+)?"
_RELATION = re.compile(rf"([niftvwce])(?: % ([0-9]+))? (!?=) ({_RANGE}(?:,{_RANGE})*)")


class PluralRuleError(ValueError):
    """A rule of the registry that is not in CLDR's syntax."""


def plural_category(count: object, lang: str) -> str:
    """Return the category of a number; text, such as a number that is already written, is ``other``."""
    if not isinstance(count, int | float):
        return "other"
    written = str(abs(count)) if isinstance(count, int) else f"{abs(count):.3f}".rstrip("0")
    return next((name for name, holds in _rules(lang).items() if holds(written)), "other")


def categories_of(lang: str) -> frozenset[str]:
    """Return the categories that a message with a number needs in a language; the others may be left out."""
    return frozenset(plural_category(count, lang) for count in range(_COUNTED)) | {"other"}


@cache
def _rules(lang: str) -> Mapping[str, _Condition]:
    rules = language(lang).plural
    if unknown := rules.keys() - set(CATEGORIES[:-1]):
        raise PluralRuleError(f"{lang}: {', '.join(sorted(unknown))}")
    return {name: parse_rule(rule) for name, rule in rules.items()}


def parse_rule(rule: str) -> _Condition:
    """Return the test that a rule describes.

    Raises:
        PluralRuleError: the rule is not in CLDR's syntax.
    """
    either = [[_relation(part) for part in both.split(" and ")] for both in rule.split(" or ")]
    return lambda written: any(all(holds(written) for holds in both) for both in either)


def _relation(source: str) -> _Condition:
    found = _RELATION.fullmatch(source)
    if not found:
        raise PluralRuleError(source)
    operand, modulo, sign, values = found.groups()
    ranges = [tuple(map(int, value.split(".."))) for value in values.split(",")]

    def holds(written: str) -> bool:
        value = _operand(operand, written)
        if value is None:  # a value with decimals is in no range of whole numbers
            return sign == "!="
        value %= int(modulo) if modulo else value + 1
        return any(span[0] <= value <= span[-1] for span in ranges) is (sign == "=")

    return holds


def _operand(name: str, written: str) -> int | None:
    """Return one of CLDR's operands of a number without an exponent, so that ``c`` and ``e`` are 0."""
    whole, _, decimals = written.partition(".")
    match name:
        case "n":
            return None if decimals else int(whole)
        case "i":
            return int(whole)
        case "v" | "w":  # no number of ours is written with zeros at its end
            return len(decimals)
        case "f" | "t":
            return int(decimals or 0)
    return 0
