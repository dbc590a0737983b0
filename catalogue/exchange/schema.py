"""JSON Schemas of the content files, made from the models: VS Code completes and checks with them.

They are hints for the one who types. `cje offers check` decides: it also knows the other files.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from catalogue.model.campaign import CampaignCard
from catalogue.model.classification import CategoryList, ProgrammeList
from catalogue.model.offer import Offer
from catalogue.model.partner import Partner
from catalogue.model.site_texts import Page, SiteSettings, Theme
from cje.locales import messages

SCHEMAS: dict[str, type[BaseModel]] = {
    "offer": Offer,
    "partner": Partner,
    "page": Page,
    "campaign": CampaignCard,
    "categories": CategoryList,
    "programmes": ProgrammeList,
    "site": SiteSettings,
    "theme": Theme,
}
# Of these the slug is the file's name, so that it cannot say something else.
NAMED_BY_FILE = frozenset({"offer", "partner", "page", "campaign"})
DIALECT = "http://json-schema.org/draft-07/schema#"  # what the YAML extension of VS Code implements fully


def schema_text(kind: str, lang: str = "fr") -> str:
    """The schema of one kind of file, as it is committed in docs/schema/."""
    return json.dumps(json_schema(kind, lang), ensure_ascii=False, indent=2) + "\n"


def json_schema(kind: str, lang: str = "fr") -> dict[str, Any]:
    """The schema of one kind of file.

    Raises:
        KeyError: no file of this kind.
    """
    model = SCHEMAS[kind]
    schema = model.model_json_schema(ref_template="#/definitions/{model}")
    definitions = schema.pop("$defs", {})
    if kind in NAMED_BY_FILE:
        del schema["properties"]["slug"]
        schema["required"].remove("slug")
    for name, part in {model.__name__: schema, **definitions}.items():
        _describe(name, part, lang)
    return {"$schema": DIALECT, **schema, **({"definitions": definitions} if definitions else {})}


def field_help(model: str, field: str, lang: str = "fr") -> str | None:
    """What a field is for, in one sentence; None when nothing needs saying."""
    return messages("catalogue", lang).get(f"fields.{model}.{field}")


def _describe(name: str, part: dict[str, Any], lang: str) -> None:
    """Our own words instead of what pydantic takes from docstrings and names, which are for developers."""
    part.pop("description", None)
    part.pop("title", None)
    for field, shape in part.get("properties", {}).items():
        shape.pop("title", None)
        if shape.get("default", ...) in (None, [], ()):
            del shape["default"]
        words = field_help(name, field, lang)
        if words is not None:
            shape["description"] = words
        shape.pop("discriminator", None)  # an OpenAPI word; `kind` is told apart by its constant
        for option in shape.get("anyOf", []):
            option.pop("discriminator", None)
