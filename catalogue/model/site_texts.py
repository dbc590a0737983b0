"""What the site says about itself: settings, theme and editorial pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from catalogue.model.field_types import (
    Colour,
    Email,
    Https,
    Label,
    PageBody,
    Record,
    Sentence,
    Slug,
    Summary,
    Title,
)
from cje.locales import LANGUAGES

if TYPE_CHECKING:
    _Language = str
else:
    _Language = Literal[LANGUAGES]  # a code of the registry, which a type checker does not read


class SiteSettings(Record):
    """content/site.yaml.

    Attributes:
        operator: who answers for the service.
        base_url: where the site is published; None while it is not known, then links stay relative.
        languages: the first is the language of content/.
    """

    name: Label
    tagline: Summary
    operator: Label
    operator_address: Sentence
    publication_director: Label
    host: Sentence
    contact_email: Email
    base_url: Https | None = None
    languages: Annotated[tuple[_Language, ...], Field(min_length=1, max_length=len(LANGUAGES))] = LANGUAGES


class Theme(Record):
    """content/theme.yaml: custom properties by name, for the light and the dark appearance.

    `on-x` is the colour of text upon `x`. Both appearances have the same names.
    """

    light: dict[Slug, Colour]
    dark: dict[Slug, Colour]


class Page(Record):
    """An editorial page; the slug is the file's name, the body is a small Markdown.

    Attributes:
        summary: what a search engine and a shared link show.
    """

    slug: Slug
    title: Title
    summary: Summary
    body: PageBody
