"""Letters and card sheets in PDF, set by Typst: tagged, PDF/UA-1, the same bytes for the same data.

Data reaches the template as JSON, never as source: no name can become markup. Only the fonts that come with
the typesetter are used, so that two machines draw the same page.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import typst

from catalogue.problems.calendar_words import until_text
from cje import qr
from cje.locales import messages, text
from issuer.handover.opening import Opening

Form = Literal["letter", "sheet"]
Kind = Literal["pdf", "png"]
FORMS: Final[tuple[Form, ...]] = ("letter", "sheet")
STANDARD: Final = "ua-1"  # ISO 14289-1
CARDS_A_SHEET: Final = 10
# What the typesetter's own fonts draw. PDF/UA allows no missing glyph: another name is left out of the page.
_SCRIPTS: Final = ("LATIN", "GREEK", "CYRILLIC")
_JOINING: Final = frozenset(" '’.-")
_LONGEST_NAME: Final = 24
_PIXELS_PER_INCH: Final = 110


@dataclass(frozen=True, slots=True)
class Look:
    """What every page says: the operator's name and the language of the reader (`fr`, `en`)."""

    operator: str
    lang: str


def typeset(openings: Sequence[Opening], form: Form, look: Look) -> bytes:
    """Return one PDF: a page for each person, or ten cards a page.

    Args:
        openings: at least one.
    """
    made = _compiler().compile(
        _source(form),
        format="pdf",
        sys_inputs={"data": _data(openings, form, look)},
        pdf_standards=[STANDARD],
    )
    assert isinstance(made, bytes)
    return made


def named(shard: tuple[str, Sequence[Opening]], *, form: Form, look: Look) -> tuple[str, bytes]:
    """A shard of letters: the file's name and its people; return the name and the PDF. Pure."""
    name, openings = shard
    return name, typeset(openings, form, look)


def pictures(openings: Sequence[Opening], form: Form, look: Look) -> list[bytes]:
    """Return the pages as PNG, as a person or a scanner sees them."""
    data = {"data": _data(openings, form, look)}
    made = _compiler().compile(_source(form), format="png", ppi=_PIXELS_PER_INCH, sys_inputs=data)
    return [made] if isinstance(made, bytes) else list(made or ())


def drawable(name: str) -> bool:
    """Whether the fonts have every letter of a name."""
    return all(letter in _JOINING or _is_drawn(letter) for letter in unicodedata.normalize("NFC", name))


def _is_drawn(letter: str) -> bool:
    """Latin, Greek and Cyrillic letters of these blocks: a test sets every one of them."""
    in_blocks = letter < "\u0500" or "\u1e00" <= letter < "\u2000"
    return in_blocks and letter.isalpha() and unicodedata.name(letter, "").startswith(_SCRIPTS)


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(ignore_system_fonts=True)


@cache
def _source(form: Form) -> bytes:
    return (files("issuer.handover") / f"{form}.typ").read_bytes()


def _data(openings: Sequence[Opening], form: Form, look: Look) -> str:
    prefix = f"{form}."
    words: dict[str, object] = {
        key.removeprefix(prefix): sentence
        for key, sentence in messages("letters", look.lang).items()
        if key.startswith(prefix)
    }
    words["steps"] = [words.pop(key) for key in sorted(words) if key.startswith("steps.")]
    people = [_person(opening, look.lang) for opening in openings]
    data = {"lang": look.lang, "operator": look.operator, "words": words, "people": people}
    return json.dumps(data, ensure_ascii=False)


def _person(opening: Opening, lang: str) -> dict[str, str]:
    name = opening.first_name
    if name is not None and (len(name) > _LONGEST_NAME or not drawable(name)):
        name = None
    greeting = (
        text("letters.greeting.named", lang, name=name) if name else text("letters.greeting.none", lang)
    )
    return {
        "name": name or text("letters.greeting.card", lang),
        "greeting": greeting,
        "right": text("letters.right", lang, until=until_text(opening.right_until, lang)),
        "mark": opening.reference or text("letters.mark", lang, number=opening.number),
        "code": opening.code,
        "site": opening.site,
        "qr": qr.svg(opening.link).decode(),
    }
