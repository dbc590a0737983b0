"""A catalogue in which every free text holds the same words, put there behind the model's back."""

from __future__ import annotations

import typing
from dataclasses import fields, replace
from typing import Any

from pydantic import BaseModel

from catalogue import Catalogue

# Fields that choose an address, a class, a file or an option: their own tests are in test_hostile_text.py.
NOT_FREE = {
    "slug",
    "partner",
    "categories",
    "programmes",
    "kind",
    "status",
    "channel",
    "period",
    "source",
    "symbology",
    "colour",
    "icon",
    "website",
    "url",
    "base_url",
    "languages",
    "codes",
    "contact_email",
    "latitude",
    "longitude",
    "file",
    "offers",
}
MARKDOWN = {"description", "body"}


def with_text(catalogue: Catalogue, words: str, markdown: str | None = None) -> Catalogue:
    """Replace every free text; Markdown fields take `markdown` when it is given, else the same words."""

    def change(value: Any, name: str = "") -> Any:
        if isinstance(value, BaseModel):
            names = type(value).model_fields
            return value.model_copy(update={key: change(getattr(value, key), key) for key in names})
        if isinstance(value, tuple) and name not in NOT_FREE:
            return tuple(change(item, name) for item in value)
        if isinstance(value, str) and name not in NOT_FREE:
            return markdown if markdown is not None and name in MARKDOWN else words
        return value

    changed = {
        "offers": tuple(change(offer) for offer in catalogue.offers),
        "partners": {slug: change(partner) for slug, partner in catalogue.partners.items()},
        "categories": tuple(change(category) for category in catalogue.categories),
        "programmes": tuple(change(programme) for programme in catalogue.programmes),
        "pages": tuple(change(page) for page in catalogue.pages),
        "campaigns": tuple(change(card) for card in catalogue.campaigns),
        "site": change(catalogue.site),
    }
    assert set(changed) <= {field.name for field in fields(catalogue)}
    return replace(catalogue, **typing.cast(Any, changed))
