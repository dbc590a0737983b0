"""A partner's statement in PDF, set by Typst: tagged, PDF/UA-1, the same bytes for the same rows.

Data reaches the template as JSON, never as source. Only the fonts that come with the typesetter are used.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

import typst

from cje.locales import messages, text
from reconcile.figures.settlement import Settlement, SettlementLine, encode_csv
from reconcile.printing.printing import euros, number, say

STANDARD: Final = "ua-1"  # ISO 14289-1; it allows no glyph that the fonts do not have
_MARKS: Final = frozenset("–—‘’“”„«»…•€†‰−×œŒ")


def pdf(settlement: Settlement, operator: str, lang: str) -> bytes:
    """Return the statement to print, for a partner's manager.

    Args:
        operator: who sends it, as its root says. lang: `fr` or `en`.
    """
    made = _compiler().compile(
        _source(),
        format="pdf",
        sys_inputs={"data": json.dumps(_data(settlement, operator, lang), ensure_ascii=False)},
        pdf_standards=[STANDARD],
    )
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(ignore_system_fonts=True)


@cache
def _source() -> bytes:
    return (files("reconcile.figures") / "statement.typ").read_bytes()


def _data(settlement: Settlement, operator: str, lang: str) -> dict[str, object]:
    prefix = "statement."
    words = {
        key.removeprefix(prefix): sentence
        for key, sentence in messages("reconcile", lang).items()
        if key.startswith(prefix)
    }
    month = month_words(settlement.month, lang)
    tiles = [
        (words["uses"], number(settlement.uses, lang)),
        (words["amount"], euros(settlement.amount, lang)),
        (words["saving"], euros(settlement.saving, lang)),
    ]
    return {
        "lang": lang,
        "operator": drawn(operator),
        "partner": drawn(settlement.name),
        "month": month,
        "title": text("reconcile.statement.title", lang, month=month),
        "words": words,
        "tiles": tiles,
        "offers": _offers(settlement, lang),
        "lines": [_line(line, lang) for line in settlement.lines],
        "missing": [
            drawn(say(lang, "settle.missing", till=till, first=first, last=last))
            for till, first, last in settlement.missing
        ],
        "commands": [drawn(line) for line in _commands(settlement)],
        "sha256": sha256(encode_csv(settlement)).hexdigest(),
    }


def _commands(settlement: Settlement) -> list[str]:
    """Return what the partner types; nothing in it needs the operator."""
    cje = "cje reconcile"
    which = f"--partner {settlement.partner} --month {settlement.month}"
    return [
        f"{cje} init --store releve --root root.1.cbor",
        f"{cje} learn --store releve {settlement.partner}.cbor",
        f"{cje} accept --store releve --yes EXPORT",
        f"{cje} import --store releve EXPORTS/",
        f"{cje} settle --store releve {which} --out releve.csv",
    ]


def _offers(settlement: Settlement, lang: str) -> list[tuple[str, ...]]:
    by_offer: dict[int, list[SettlementLine]] = {}
    for line in settlement.lines:
        by_offer.setdefault(line.offer, []).append(line)
    return [
        (
            drawn(lines[0].title),
            number(sum(line.uses for line in lines), lang),
            euros(sum(line.amount for line in lines), lang),
            euros(sum(line.saving for line in lines), lang),
        )
        for _, lines in sorted(by_offer.items())
    ]


def _line(line: SettlementLine, lang: str) -> tuple[str, ...]:
    counts = (line.uses, line.taken_back, line.not_counted)
    return (
        drawn(line.till),
        drawn(line.title),
        f"{line.first}–{line.last}",
        *(number(count, lang) for count in counts),
        euros(line.amount, lang),
        euros(line.saving, lang),
    )


def month_words(month: str, lang: str) -> str:
    """Return `2026-10` as one says it: "octobre 2026"."""
    return f"{text(f'verdicts.date.month{int(month[5:])}', lang)} {month[:4]}"


def drawn(value: str) -> str:
    """Return a name with a question mark for each character that the fonts may not have."""
    return "".join(char if _is_drawn(char) else "?" for char in value)


def _is_drawn(char: str) -> bool:
    """ASCII, Latin, Greek and Cyrillic letters, the marks of French and English: a test sets them all."""
    in_blocks = " " <= char < "\u0500" or "\u1e00" <= char < "\u2000"
    plain = " " <= char <= "~" or char in "\u00a0\u202f" or char in _MARKS or "¡" <= char <= "ÿ"
    return (plain and char != "\u00ad") or (in_blocks and char.isalpha())
