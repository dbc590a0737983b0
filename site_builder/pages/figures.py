"""Values of the statistics pages: formatted numbers, names, addresses, bars and charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from catalogue.problems.calendar_words import day_text
from cje.locales import text, typographic
from cje.locales.numbers import whole_number
from site_builder.pages.charts import Columns, columns
from site_builder.pages.statistics import PUBLISHED
from site_builder.pages.views import Views
from voucher.statistics import Cell, Publication, Published, Table, latest

__all__ = [
    "ChangeView",
    "Chart",
    "FileView",
    "Group",
    "MonthView",
    "Row",
    "StatisticsView",
    "statistics_view",
]

_SHOWN = 12  # months in the chart; on a phone half of them
_TOP = 10  # offers on the first page
# A number over a column has room for five figures.
_THOUSANDS_FROM = 10_000
_PHONE, _DESK = (328, 220), (640, 280)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `share` is the length of its bar in percent of the longest bar."""

    label: str
    french: bool
    href: str | None
    css: str
    uses: str
    saving: str | None
    share: float


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one need's offers."""

    need: Row
    offers: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Why a month was published again."""

    month: str
    path: str
    day: str
    why: str
    note: str


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of one publication."""

    name: str
    path: str
    day: str
    sha256: str


@dataclass(frozen=True, slots=True)
class MonthView:
    """One month, from its latest publication."""

    name: str
    path: str
    day: str
    revision: int
    uses: str | None
    saving: str | None
    tills: str
    needs: tuple[Row, ...]
    groups: tuple[Group, ...]
    top: tuple[Row, ...]
    territories: tuple[Row, ...]
    programmes: tuple[Row, ...]
    changes: tuple[ChangeView, ...]
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one series, in a narrow and a wide drawing."""

    title: str
    summary: str
    phone: Columns
    desk: Columns


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """All published figures; the newest month comes first."""

    months: tuple[MonthView, ...]
    charts: tuple[Chart, ...]
    uses: str
    saving: str
    since: str
    changes: tuple[ChangeView, ...]
    newest: FileView
    demo: bool


def statistics_view(history: Sequence[Published], views: Views) -> StatisticsView | None:
    """Return the values for the statistics pages; None without any publication."""
    if not history:
        return None
    words = _Words(views, history)
    last = [one.publication for one in latest(history)]
    totals = [publication.total for publication in last if publication.total]
    months = tuple(words.month(publication) for publication in reversed(last))
    return StatisticsView(
        months=months,
        charts=words.charts(last),
        uses=words.number(sum(total.uses for total in totals)),
        saving=words.euros(sum(total.saving for total in totals)),
        since=words.month_name(last[0].month),
        changes=tuple(change for month in months for change in month.changes),
        newest=words.file(history[-1]),
        demo=history[-1].publication.demo,
    )


class _Words:
    """Numbers and names in one language. Entries that are still in the catalogue have their present names."""

    def __init__(self, views: Views, history: Sequence[Published]) -> None:
        self.views, self.lang, self.history = views, views.lang, history
        self.offers = {str(offer.number): offer for offer in views.offers}
        self.needs = {need.slug: need for need in views.needs}

    def number(self, value: int) -> str:
        return whole_number(value, self.lang)

    def euros(self, cents: int) -> str:
        return text("site.figures.euros", self.lang, amount=self.number(cents // 100))

    def short(self, value: int) -> str:
        if value < _THOUSANDS_FROM:
            return self.number(value)
        return text("site.figures.thousands", self.lang, count=self.number((value + 500) // 1000))

    def month_name(self, month: str) -> str:
        return f"{text(f'catalogue.calendar.month{int(month[5:])}', self.lang)} {month[:4]}"

    def month(self, publication: Publication) -> MonthView:
        history = [one for one in self.history if one.publication.month == publication.month]
        groups = tuple(self.group(need) for need in publication.needs.cells)
        offers = Table(
            tuple(
                sorted(
                    (offer for need in publication.needs.cells for offer in (need.offers or Table()).cells),
                    key=lambda cell: (-cell.uses, cell.key),
                )[:_TOP]
            )
        )
        return MonthView(
            name=self.month_name(publication.month),
            path=f"statistiques/{publication.month}/",
            day=day_text(publication.published, self.lang),
            revision=publication.revision,
            uses=self.number(publication.total.uses) if publication.total else None,
            saving=self.euros(publication.total.saving) if publication.total else None,
            tills=self.tills(publication),
            needs=self.rows(publication.needs),
            groups=tuple(group for group in groups if group.offers),
            top=self.rows(offers),
            territories=self.rows(publication.territories),
            programmes=self.rows(publication.programmes),
            changes=tuple(self.change(one.publication) for one in history if one.publication.reason),
            files=tuple(self.file(one) for one in history),
        )

    def tills(self, publication: Publication) -> str:
        heard = text("site.figures.heard", self.lang, count=publication.heard)
        if not publication.silent:
            return heard
        return f"{heard} {text('site.figures.silent', self.lang, count=publication.silent)}"

    def group(self, need: Cell) -> Group:
        return Group(self.row(need, need.uses), self.rows(need.offers or Table()))

    def rows(self, table: Table) -> tuple[Row, ...]:
        most = max([cell.uses for cell in table.cells], default=1)
        rows = [self.row(cell, most) for cell in table.cells]
        if table.others is not None:
            label = text("site.figures.others", self.lang, count=table.others.count)
            # A row of several offers may exceed the longest bar of one offer. Its bar is cut to that.
            share = min(1.0, table.others.uses / most) * 100 if table.cells else 100
            rows.append(
                Row(label, False, None, "bar-others", self.number(table.others.uses), None, round(share, 1))
            )
        return tuple(rows)

    def row(self, cell: Cell, most: int) -> Row:
        offer, need = self.offers.get(cell.key), self.needs.get(cell.key)
        href, css, label = None, "", cell.label
        if cell.partner is not None and offer is not None:
            href, css, label = offer.path, offer.need.css, offer.title
        elif cell.offers is not None and need is not None:
            href, css, label = need.path, need.css, need.name
        return Row(
            label=typographic(label),
            french=self.lang != "fr",
            href=href,
            css=css,
            uses=self.number(cell.uses),
            saving=None if cell.saving is None else self.euros(cell.saving),
            share=round(100 * cell.uses / most, 1),
        )

    def change(self, publication: Publication) -> ChangeView:
        reason = publication.reason
        assert reason is not None
        return ChangeView(
            month=self.month_name(publication.month),
            path=f"statistiques/{publication.month}/",
            day=day_text(publication.published, self.lang),
            why=text(f"site.figures.reason.{reason.code}", self.lang),
            note=typographic(reason.note),
        )

    def file(self, one: Published) -> FileView:
        publication = one.publication
        path = f"{PUBLISHED}{publication.name}"
        return FileView(publication.name, path, day_text(publication.published, self.lang), one.sha256)

    def charts(self, last: Sequence[Publication]) -> tuple[Chart, ...]:
        totals = {publication.month: publication.total for publication in last}
        months = _months_until(last[-1].month, _SHOWN, last[0].month)
        uses = [total.uses if (total := totals.get(month)) else None for month in months]
        saved = [total.saving // 100 if (total := totals.get(month)) else None for month in months]
        return (self.chart("uses", months, uses), self.chart("savings", months, saved))

    def chart(self, name: str, months: Sequence[str], values: Sequence[int | None]) -> Chart:
        said = ["–" if value is None else self.short(value) for value in values]
        names = [
            (
                text(f"site.figures.month{int(month[5:])}", self.lang),
                month[:4] if _starts(month, months) else "",
            )
            for month in months
        ]
        half = slice(-_SHOWN // 2, None)
        late = [
            (name, month[:4] if _starts(month, months[half]) else "")
            for (name, _), month in zip(names, months, strict=True)
        ]
        return Chart(
            title=text(f"site.figures.chart.{name}", self.lang),
            summary=text(
                f"site.figures.chart.{name}_summary",
                self.lang,
                first=self.month_name(months[0]),
                last=self.month_name(months[-1]),
            ),
            phone=columns(values[half], said[half], late[half], *_PHONE),
            desk=columns(values, said, names, *_DESK),
        )


def _starts(month: str, months: Sequence[str]) -> bool:
    """Return whether the year is shown below a month: below the first month and each January."""
    return month == months[0] or month.endswith("-01")


def _months_until(last: str, count: int, first: str) -> list[str]:
    """Return each month up to `last`: from `first`, at most `count`, at least half as many."""
    day = date(int(last[:4]), int(last[5:]), 1)
    months: list[str] = []
    while len(months) < count and (f"{day:%Y-%m}" >= first or len(months) < count // 2):
        months.append(f"{day:%Y-%m}")
        day = date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)
    return months[::-1]
