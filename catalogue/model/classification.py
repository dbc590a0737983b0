"""The six needs that offers answer, and the programmes whose young people hold the card."""

from __future__ import annotations

from catalogue.model.field_types import Label, Record, Sentence, Slug


class Category(Record):
    """A need.

    Attributes:
        short: one or two words for a chip.
        colour: a key of the theme; the theme also has `on-<colour>`, for text upon it.
        icon: the key of a drawing of the site.
    """

    slug: Slug
    name: Label
    short: Label
    colour: Slug
    icon: Slug


class Programme(Record):
    """A path of insertion that gives the card.

    Attributes:
        audience: a sentence that says who is in it.
    """

    slug: Slug
    name: Label
    audience: Sentence


class CategoryList(Record):
    """content/categories.yaml: the needs, in the order in which they are shown."""

    categories: tuple[Category, ...]


class ProgrammeList(Record):
    """content/programmes.yaml."""

    programmes: tuple[Programme, ...]
