"""Plural categories are those of Unicode CLDR, as the browser's own table has them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping

import pytest

from cje.locales import LANGUAGES, language, plurals, text
from cje.locales.plurals import PluralRuleError, categories_of, parse_rule, plural_category

NODE = shutil.which("node")
COUNTS = [*range(1001), 1_000_000, 2_000_000, 1_234_567, 0.5, 1.5, 1.1, 2.0, 2.1, 3.25, 10.12, 102.3, 1000.5]
# Copied from CLDR 46, common/supplemental/plurals.xml: languages that use what ours leave out.
FOREIGN: dict[str, Mapping[str, str]] = {
    "pl": {
        "one": "i = 1 and v = 0",
        "few": "v = 0 and i % 10 = 2..4 and i % 100 != 12..14",
        "many": "v = 0 and i != 1 and i % 10 = 0..1 or v = 0 and i % 10 = 5..9 or v = 0 and i % 100 = 12..14",
    },
    "ar": {
        "zero": "n = 0",
        "one": "n = 1",
        "two": "n = 2",
        "few": "n % 100 = 3..10",
        "many": "n % 100 = 11..99",
    },
    "lt": {
        "one": "n % 10 = 1 and n % 100 != 11..19",
        "few": "n % 10 = 2..9 and n % 100 != 11..19",
        "many": "f != 0",
    },
    "cy": {"zero": "n = 0", "one": "n = 1", "two": "n = 2", "few": "n = 3", "many": "n = 6"},
    "is": {"one": "t = 0 and i % 10 = 1 and i % 100 != 11 or t % 10 = 1 and t % 100 != 11"},
}


def in_the_browser(locale: str) -> list[str]:
    """The categories of COUNTS by `Intl.PluralRules`."""
    script = "const [l, n] = JSON.parse(process.argv[1]), r = new Intl.PluralRules(l);"
    script += "console.log(JSON.stringify(n.map((x) => r.select(x))))"
    command = [str(NODE), "-e", script, json.dumps([locale, COUNTS])]
    told: list[str] = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    return told


def first(rules: Mapping[str, Callable[[str], bool]], count: float) -> str:
    written = str(count).removesuffix(".0")
    return next((name for name, holds in rules.items() if holds(written)), "other")


@pytest.mark.skipif(NODE is None, reason="Node is missing")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_registered_language_counts_as_the_browser_does(lang: str) -> None:
    assert [plural_category(count, lang) for count in COUNTS] == in_the_browser(language(lang).locale)


@pytest.mark.skipif(NODE is None, reason="Node is missing")
@pytest.mark.parametrize("lang", sorted(FOREIGN))
def test_a_rule_of_cldr_is_read_as_the_browser_reads_it(lang: str) -> None:
    rules = {name: parse_rule(rule) for name, rule in FOREIGN[lang].items()}
    assert [first(rules, count) for count in COUNTS] == in_the_browser(lang)


@pytest.mark.parametrize("rule", ["", "n", "n = ", "n is 1", "x = 1", "n = 1..", "n = 1 or", "n within 0..2"])
def test_a_rule_in_another_syntax_is_refused(rule: str) -> None:
    with pytest.raises(PluralRuleError):
        parse_rule(rule)


def test_a_message_needs_only_the_categories_that_small_numbers_have() -> None:
    assert categories_of("fr") == categories_of("en") == {"one", "other"}
    assert plural_category(1_000_000, "fr") == "many"
    assert text("site.count.offers", "fr", count=1_000_000) == "1000000 offres"


@pytest.mark.parametrize("count", ["1", None, [1]])
def test_what_is_no_number_is_other(count: object) -> None:
    assert plurals.plural_category(count, "en") == "other"
