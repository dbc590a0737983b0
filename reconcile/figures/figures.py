"""Figures of a store: the findings once, then whatever count is asked for; and totals as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cje.locales.numbers import decimal_amount
from reconcile.figures import settlement, totals
from reconcile.figures.public.publication import Month
from reconcile.figures.totals import Counting, Line, Totals
from reconcile.findings import health
from reconcile.findings.finding import Finding
from reconcile.findings.findings import find
from reconcile.findings.reference_data import Known, read_known
from reconcile.printing.printing import say
from reconcile.rows.query import Query
from reconcile.rows.registry import KnownTill
from reconcile.rows.runs import gaps
from reconcile.rows.store import Store
from verifier.till.printing import plain


@dataclass(frozen=True)
class Figures:
    """An open store with its findings: what counts is known."""

    query: Query
    known: Known
    tills: Mapping[int, KnownTill]
    exports: tuple[Mapping[str, Any], ...]
    findings: tuple[Finding, ...]

    def counting(self, month: str | None = None) -> Counting:
        """Return the uses of a month, or all."""
        start, end = totals.span_of(month) if month else (None, None)
        return totals.prepare(self.query, self.known, self.tills, self.findings, start, end)

    def settlement(self, partner: str, month: str) -> settlement.Settlement:
        """Return a partner's statement."""
        missing = [
            (till.name, first, last)
            for till in self.tills.values()
            if till.partner == partner
            for first, last in gaps((e["first"], e["last"]) for e in self.exports if e["till"] == till.number)
        ]
        return settlement.settle(self.query, self.tills, self.known, self.findings, partner, month, missing)

    def month(self, month: str) -> Month:
        """Return a month as publication wants it."""
        state = health.examine(self.query, self.tills.values(), self.exports, self.known)
        demo = any(listed.demo for versions in self.known.lists.values() for listed in versions)
        return totals.month_of(self.counting(month), month, state, demo=demo)


@contextmanager
def open_figures(store: Store) -> Iterator[Figures]:
    """Open a store to count."""
    known, tills = read_known(store), {till.number: till for till in store.tills().values()}
    exports = tuple(store.exports())
    with Query(store) as query:
        findings = find(query, tills, known, health.two_stories(exports))
        yield Figures(query, known, tills, exports, tuple(findings))


def lines(counted: Totals, dimensions: Iterable[str], lang: str) -> Iterator[str]:
    """Yield totals as a person reads them on a terminal."""
    uses, vouchers = say(lang, "totals.uses"), say(lang, "totals.vouchers")
    amount, saving = say(lang, "totals.amount"), say(lang, "totals.saving")
    yield f"{'':<38} {uses:>9} {vouchers:>9} {amount:>14} {saving:>14}"
    yield _row(say(lang, "totals.all"), counted.total, lang)
    if counted.struck:
        yield "  " + say(lang, "totals.struck", count=counted.struck)
    for dimension in dimensions:
        yield ""
        yield say(lang, f"totals.by.{dimension}")
        for line in counted.by[dimension]:
            yield _row(line.label, line, lang)
    if "offer" in dimensions and counted.stocks:
        yield ""
        heads = [say(lang, f"totals.{word}") for word in ("issued", "activated", "used")]
        title = say(lang, "totals.stocks")
        yield f"{title:<38} {' '.join(f'{head:>9}' for head in heads)}"
        for stock in counted.stocks:
            told = ("–" if number is None else str(number) for number in (stock.issued, stock.activated))
            yield f"  {_cut(stock.title):<36} {' '.join(f'{number:>9}' for number in (*told, stock.used))}"


def _row(label: str, line: Line, lang: str) -> str:
    money = " ".join(f"{_euros(cents, lang):>14}" for cents in (line.amount, line.saving))
    return f"  {_cut(label):<36} {line.uses:>9} {line.vouchers:>9} {money}"


def _cut(label: str) -> str:
    label = plain(label)
    return label if len(label) <= 36 else label[:35] + "…"


def _euros(cents: int, lang: str) -> str:
    return f"{decimal_amount(cents, lang)} €"
