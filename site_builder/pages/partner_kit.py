"""Sheets for partners to print: a sticker for the door, a notice for the till, a guide for the team."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue import Catalogue, Page
from cje import qr
from cje.locales import text, typographic
from site_builder.pages.markup import Prose
from site_builder.pages.site_page import SitePage

__all__ = ["BECOME", "TillAddress", "kit_pages", "till_address"]

BECOME = "devenir-partenaire"
_SHEETS = (("sticker", "autocollant"), ("notice", "affichette"), ("guide", "guide"))


@dataclass(frozen=True, slots=True)
class TillAddress:
    """The till's address as text and as a QR code.

    Attributes:
        size: of the QR's side with its quiet zone, in modules.
        path: its dark modules as the path of an SVG of that size.
    """

    words: str
    size: int
    path: str


def till_address(base_url: str | None, lang: str) -> TillAddress | None:
    """Return the till's address; None without `base_url`: the sheet then has a line to fill in."""
    if not base_url:
        return None
    address = f"{base_url.rstrip('/')}/caisse/" + ("" if lang == "fr" else f"{lang}/")
    rows = qr.modules(address)
    return TillAddress(address.partition("://")[2], len(rows), qr.svg_path(rows))


def kit_pages(catalogue: Catalogue, lang: str, page: Page | None) -> Iterator[SitePage]:
    """Yield the page « Devenir partenaire », with the operator's text if there is one, and the sheets."""
    title = typographic(page.title) if page else text("site.become.title", lang)
    lead = typographic(page.summary) if page else text("site.become.lead", lang)
    yield SitePage(
        path=f"{BECOME}/",
        lang=lang,
        name="become",
        section="become",
        template="become.html",
        title=title,
        description=lead,
        heading=title,
        context={
            "is_content": page is not None,
            "lead": lead,
            "body": Prose(page.body) if page else None,
            "sheets": tuple((name, f"{BECOME}/{slug}/") for name, slug in _SHEETS),
        },
    )
    till = till_address(catalogue.site.base_url, lang)
    for name, slug in _SHEETS:
        heading = text(f"site.kit.{name}.title", lang)
        yield SitePage(
            path=f"{BECOME}/{slug}/",
            lang=lang,
            name=f"kit-{name}",
            section="become",
            template=f"kit_{name}.html",
            title=heading,
            description=text(f"site.kit.{name}.text", lang),
            heading=heading,
            context={
                "become": f"{BECOME}/",
                "till": till,
                "verdicts": {
                    word: text(f"verdicts.word.{word}", lang) for word in ("accept", "check", "refuse")
                },
            },
        )
