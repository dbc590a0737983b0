"""The statistics pages: an overview and a page for each published month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cje.locales import text
from site_builder.pages.site_page import SitePage
from site_builder.pages.views import Views

if TYPE_CHECKING:
    from site_builder.pages.figures import StatisticsView
    from voucher.statistics import Published

__all__ = ["statistics_pages"]


def statistics_pages(views: Views, history: Sequence[Published]) -> Iterator[SitePage]:
    """Yield every page of one language. There is an overview even without any publication."""
    found = _view(history, views)
    yield SitePage(
        path="statistiques/",
        lang=views.lang,
        name="statistics",
        template="statistics.html",
        title=text("site.figures.title", views.lang),
        description=text("site.figures.description", views.lang),
        context={"figures": found},
    )
    months = found.months if found else ()
    for index, month in enumerate(months):
        title = text("site.figures.of_month", views.lang, month=month.name)
        yield SitePage(
            path=month.path,
            lang=views.lang,
            name="month",
            template="statistics_month.html",
            title=title,
            heading=title,
            description=text("site.figures.month_description", views.lang, month=month.name),
            context={
                "month": month,
                "demo": bool(found and found.demo),
                "later": months[index - 1] if index else None,
                "earlier": months[index + 1] if index + 1 < len(months) else None,
            },
        )


def _view(history: Sequence[Published], views: Views) -> StatisticsView | None:
    if not history:
        return None
    from site_builder.pages.figures import statistics_view

    return statistics_view(history, views)
