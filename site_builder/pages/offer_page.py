"""The page of one offer. Its values are computed on access: 100,000 of them would not fit into memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from site_builder.files.policy import Kind
from site_builder.pages.offer_views import TicketView
from site_builder.pages.site_page import SitePage
from site_builder.pages.structured import offer_data
from site_builder.pages.views import Views

__all__ = ["OfferPage"]


class OfferPage:
    """The attributes of a `SitePage` for an offer and the related offers below it."""

    __slots__ = ("_views", "made_from")

    name, section, template = "offer", "offers", "offer.html"
    heading = body_class = ""
    kind: Kind = "page"
    noindex = False

    def __init__(self, views: Views, made_from: tuple[TicketView, ...]) -> None:
        self._views, self.made_from = views, made_from

    @classmethod
    def of(cls, views: Views, made_from: tuple[TicketView, ...]) -> SitePage:
        """Return a page, typed as `SitePage` because it has its attributes; the first ticket is its offer."""
        return cast(SitePage, cls(views, made_from))

    @property
    def lang(self) -> str:
        return self._views.lang

    @property
    def path(self) -> str:
        return self.made_from[0].path

    @property
    def address(self) -> str:
        return f"{self._views.prefix}{self.made_from[0].path}"

    @property
    def file(self) -> str:
        return f"{self._views.prefix}{self.made_from[0].path}index.html"

    @property
    def title(self) -> str:
        return f"{self.made_from[0].title} · {self.made_from[0].partner.name}"

    @property
    def description(self) -> str:
        return self.made_from[0].summary

    @property
    def card(self) -> str:
        return self.made_from[0].need.slug

    @property
    def values(self) -> Mapping[str, Any]:
        """The values for the template."""
        view = self._views.whole(self.made_from[0])
        structured = offer_data(view.source, view)
        return {"offer": view, "similar": self.made_from[1:], "structured": structured}
