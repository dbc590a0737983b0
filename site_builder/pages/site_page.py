"""One page of the site: its address, its template and the template's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from site_builder.files.policy import Kind
from site_builder.pages.offer_views import TicketView

__all__ = ["SitePage"]


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page in one language.

    Attributes:
        path: folder below the language's home, `""` for home, `offres/x/`; or a file name such as `404.html`.
        name: value of `data-page`, which scripts and tests select by.
        section: the selected tab.
        context: the values for the template.
        made_from: the tickets of an offer's page, see `OfferPage`; None for any other page.
        address: path from the site's root: French at the root, other languages below their code.
        file: published path.
        card: slug of the need whose share card the page has; None for the site's card.
    """

    path: str
    lang: str
    name: str
    template: str
    title: str
    description: str
    heading: str = ""
    section: str = ""
    body_class: str = ""
    kind: Kind = "page"
    noindex: bool = False
    card: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    made_from: tuple[TicketView, ...] | None = None
    address: str = field(init=False, repr=False)
    file: str = field(init=False, repr=False)

    @property
    def values(self) -> Mapping[str, Any]:
        """The values for the template."""
        return self.context

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", self._address())
        is_folder = not self.address or self.address.endswith("/")
        object.__setattr__(self, "file", f"{self.address}index.html" if is_folder else self.address)

    def _address(self) -> str:
        if self.name == "till":
            return "caisse/" if self.lang == "fr" else f"caisse/{self.lang}/"
        return self.path if self.lang == "fr" else f"{self.lang}/{self.path}"
