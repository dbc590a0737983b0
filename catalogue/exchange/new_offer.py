"""A new offer's file: valid as it stands, commented, and never written over another."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, create_model

from catalogue.errors import Refused
from catalogue.exchange.schema import field_help
from catalogue.exchange.writing import schema_line, yaml_text
from catalogue.model.catalogue import Catalogue
from catalogue.model.field_types import Record
from catalogue.model.offer import Offer
from catalogue.model.ways_of_use import LinkUse
from catalogue.problems.problem import Problem
from catalogue.problems.source_file import FORBIDDEN, HTML, SourceFile
from catalogue.problems.strict_yaml import Document
from catalogue.reading.validation import convert_errors
from catalogue.rules.content_rules import OFFER_RULES

# Written as comments below the fields that are asked for: an editor only has to take the `#` away.
OPTIONAL_FIELDS = """\
# description: |
#   Du texte, avec **gras** et des listes.
# tags: [mot, autre mot]
# conditions:
#   - Une phrase par condition.
# not_allowed:
#   - Ce qui n'est pas compris.
# cashier_terms:
#   - Ce que la caisse doit lire.
# programmes: [cej]
# age:
#   min: 16
#   max: 25
# places:
#   - name: Nom du lieu
#     address: 1 rue de la Mairie
#     postcode: "95200"
#     commune: Sarcelles
#     insee: "95585"
#     hours: Du mardi au samedi, 10 h – 18 h
# saving:
#   kind: percent
#   percent: 10
#   basket: 40 €
# reviewed: 2026-01-31
# sources:
#   - Convention du 31 janvier 2026.
"""


def next_number(catalogue: Catalogue) -> int:
    """A number that no offer has had: retired offers keep theirs, so the next one is above all."""
    return max((offer.number for offer in catalogue.offers), default=100) + 1


def answer_fault(name: str, answer: str) -> Problem | None:
    """Why `answer` cannot be the field `name` of an offer, or the link of one; None when it can."""
    for pattern, code in ((FORBIDDEN, "text-hidden-character"), (HTML, "text-html")):
        found = pattern.search(answer)
        if found:
            return Problem("", code, values={"character": f"U+{ord(found[0][0]):04X}", "found": found[0]})
    holder: type[BaseModel] = LinkUse if name == "url" else Offer
    field = holder.model_fields[name]
    fields: dict[str, Any] = {name: (field.annotation, field)}
    model = create_model("Answer", __base__=Record, **fields)
    data: dict[str, Any] = {name: (answer,) if name == "categories" else answer}
    try:
        model.model_validate(data)
    except ValidationError as error:
        document = Document(SourceFile("", ""), data=data)
        return convert_errors(model, document, error.errors(include_url=False))[0]
    return None


def draft(number: int, answers: Mapping[str, str]) -> Offer:
    """The offer that the answers describe, as a draft.

    Args:
        answers: slug, title, headline, summary, partner, categories, kind, channel, valid_from, valid_until,
            and url for a link; each one stood `answer_fault`.

    Raises:
        Refused: together they break a rule.
    """
    texts = ("slug", "title", "headline", "summary", "partner", "channel", "valid_from", "valid_until")
    offer = Offer.model_validate(
        {
            "number": number,
            "status": "draft",
            "categories": (answers["categories"],),
            "use": _use(answers),
            "territory": {"kind": "national", "label": "France entière"},
            **{name: answers[name] for name in texts},
        }
    )
    for rule in OFFER_RULES:
        for breach in rule(offer):
            problem = Problem("", breach.code, values=breach.values, suggestion=breach.suggestion)
            raise Refused("new.rule", sentence=problem.message, mend=problem.fix)
    return offer


def _use(answers: Mapping[str, str]) -> dict[str, Any]:
    more: dict[str, dict[str, Any]] = {
        "code": {"source": "imported"},
        "barcode": {"symbology": "code128", "source": "imported"},
        "link": {"url": answers.get("url", "")},
    }
    return {"kind": answers["kind"], **more.get(answers["kind"], {})}


def commented_text(offer: Offer, lang: str = "fr") -> str:
    """The file to write: each field under a line that says what it is for."""
    comments = {name: words for name in Offer.model_fields if (words := field_help("Offer", name, lang))}
    return schema_line("offer") + yaml_text(offer, comments) + "\n" + OPTIONAL_FIELDS


def write_new(path: Path, content: str) -> None:
    """Write a file that does not exist yet, whole or not at all.

    Raises:
        Refused: it exists, or its folder does not.
    """
    waiting = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with waiting.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(waiting, path)  # unlike a rename, this refuses to replace
    except FileExistsError:
        raise Refused("new.exists", path=path) from None
    except (FileNotFoundError, NotADirectoryError):
        raise Refused("new.folder", path=path.parent) from None
    finally:
        waiting.unlink(missing_ok=True)
