"""One page of the site: its address, its template and what the template reads."""

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
        name: what `data-page` says; scripts and tests choose by it.
        section: the tab that is lit.
        context: what the template reads.
        made_from: the offers that the page of an offer is made from, see `OfferPage`; None for any other.
        address: path from the site's root: French at the root, other languages below their code.
        file: published path.
        card: which share card stands for it, a need's slug; None for the site's own.
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
        """What its template reads."""
        return self.context

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", self._address())
        is_folder = not self.address or self.address.endswith("/")
        object.__setattr__(self, "file", f"{self.address}index.html" if is_folder else self.address)

    def _address(self) -> str:
        if self.name == "till":
            return "caisse/" if self.lang == "fr" else f"caisse/{self.lang}/"
        return self.path if self.lang == "fr" else f"{self.lang}/{self.path}"
