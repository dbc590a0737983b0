"""Totals: uses, different vouchers, amounts, savings, by whatever one asks; money in cents.

A use is an accepted row with evidence that was not taken back. Of a voucher used too often the first uses
count, as many as it allows; the others are in the findings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from reconcile.figures.public.disclosure import Counted
from reconcile.figures.public.publication import Line as PublicLine
from reconcile.figures.public.publication import Month, OfferLine
from reconcile.findings.finding import DOUBLE, Finding, Kind, Use
from reconcile.findings.health import Health
from reconcile.findings.reference_data import Known
from reconcile.rows import export
from reconcile.rows.query import Query
from reconcile.rows.registry import KnownTill
from voucher.caps import MAX_TIME
from voucher.civil import day_of, period_start, start_of
from voucher.claims import Period

DIMENSIONS: Final = ("offer", "partner", "need", "programme", "territory", "week")
UNKNOWN: Final = "inconnu"
COMMON: Final = "commun"
_DEPARTMENT: Final = re.compile(r"97[0-9]|98[0-9]|2[AB]|[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Attributes:
        uses, vouchers: accepted uses, and by how many different vouchers.
        people: at least so many: the different vouchers of the offer that has most of them.
        amount, saving: cents that tills wrote down; `with_amount` uses have one.
    """

    key: str
    label: str
    uses: int
    vouchers: int
    people: int
    amount: int
    saving: int
    with_amount: int


@dataclass(frozen=True, slots=True)
class Stock:
    """What became of an offer's vouchers; None where nobody has told."""

    offer: int
    title: str
    issued: int | None
    activated: int | None
    used: int


@dataclass(frozen=True)
class Totals:
    """All tables for one span of time, in seconds; `by` has one for each of `DIMENSIONS`."""

    start: int | None
    end: int | None
    total: Line
    by: Mapping[str, tuple[Line, ...]]
    stocks: tuple[Stock, ...]
    struck: int


@dataclass(frozen=True, slots=True)
class _Counted:
    """One offer's part of a line."""

    offer: int
    key: str
    uses: int
    vouchers: int
    amount: int
    saving: int
    with_amount: int


@dataclass
class Counting:
    """The uses of one span, ready to be counted. Make it with `prepare`."""

    query: Query
    known: Known
    tills: Mapping[int, KnownTill]
    start: int | None
    end: int | None
    struck: frozenset[tuple[int, int]] = field(default_factory=frozenset)


def struck(findings: Iterable[Finding], tills: Collection[int] | None = None) -> frozenset[tuple[int, int]]:
    """Return the rows (till, n) that do not count: what a voucher was used beyond what it allows.

    Args:
        tills: look at the uses of these alone, as if no other had been there.
    """
    out: set[tuple[int, int]] = set()
    # One use that was accepted twice first: what is left of it counts against the limit.
    for finding in sorted(findings, key=lambda finding: finding.kind is not Kind.SAME_USE):
        if finding.kind is Kind.FALSE_CODE:
            out |= {(use.till, use.n) for use in finding.uses if tills is None or use.till in tills}
        if finding.kind not in DOUBLE:
            continue
        period = Period(finding.facts["period"])
        groups: dict[object, list[Use]] = {}
        for use in sorted(finding.uses, key=lambda use: (use.effective, use.till, use.n)):
            if (use.till, use.n) in out or (tills is not None and use.till not in tills):
                continue
            same = finding.kind is Kind.SAME_USE
            which = use.seq if same else period_start(min(use.effective, MAX_TIME), period)
            groups.setdefault((use.kid, which), []).append(use)
        keep = 1 if finding.kind is Kind.SAME_USE else finding.facts["limit"]
        out |= {(use.till, use.n) for uses in groups.values() for use in uses[keep:]}
    return frozenset(out)


def prepare(
    query: Query,
    known: Known,
    tills: Mapping[int, KnownTill],
    findings: Iterable[Finding],
    start: int | None = None,
    end: int | None = None,
) -> Counting:
    """Make the view `counted` of the uses between two moments, with what they are counted by."""
    out = struck(findings)
    query.table("struck", "till UBIGINT, n BIGINT", sorted(out))
    places = [(number, till.partner, department(till.territory)) for number, till in tills.items()]
    query.table("place", "till UBIGINT, partner VARCHAR, territory VARCHAR", places)
    keys = [(kid, facts.programme or COMMON) for kid, facts in known.keys.items()]
    query.table("key", "kid UINTEGER, programme VARCHAR", keys)
    needs = [(number, facts.need or UNKNOWN) for number, facts in known.offers.items()]
    query.table("about", "offer BIGINT, need VARCHAR", needs)
    within = "" if start is None else f" AND effective >= {start}"
    within += "" if end is None else f" AND effective < {end}"
    query.run(
        "CREATE OR REPLACE TEMP VIEW counted AS SELECT offer, hi, lo, amount, saving, partner, territory,"
        f" coalesce(need, '{UNKNOWN}') AS need, coalesce(programme, '{UNKNOWN}') AS programme, week"
        " FROM journal JOIN place USING (till) LEFT JOIN key USING (kid) LEFT JOIN about USING (offer)"
        f" WHERE kind = 0 AND (fault & {export.UNPROVEN | export.BARE}) = 0{within}"
        " AND (till, n) NOT IN (FROM struck) AND (till, n) NOT IN"
        " (SELECT (till, voids) FROM journal WHERE kind = 2 AND voids IS NOT NULL)"
    )
    return Counting(query, known, tills, start, end, out)


def count(counting: Counting) -> Totals:
    """Count the prepared uses by everything."""
    by = {dimension: _lines(counting, dimension) for dimension in DIMENSIONS}
    offers = _counted(counting, "offer")
    return Totals(
        counting.start,
        counting.end,
        _line("", "", offers),
        by,
        tuple(_stocks(counting.known, by["offer"])),
        len(counting.struck),
    )


def month_of(counting: Counting, month: str, health: Iterable[Health], *, demo: bool) -> Month:
    """Return a month as publication wants it: nothing hidden yet.

    Args:
        counting: prepared for the span of this month.
    """
    known, end = counting.known, counting.end or 0
    tills = [till for till in health if till.till.stopped is None or till.till.stopped >= end]
    heard = sum(till.newest >= end and not till.gaps for till in tills)
    offers = []
    for part in _counted(counting, "offer"):
        facts = known.offers.get(part.offer)
        need = facts.need if facts and facts.need else UNKNOWN
        counted = Counted(part.uses, part.vouchers, part.saving)
        partner = facts.partner if facts else UNKNOWN
        title = _label(known, "offer", part.key)
        offers.append(OfferLine(part.key, title, partner, need, _label(known, "need", need), counted))
    territories, programmes = (_public(_lines(counting, name)) for name in ("territory", "programme"))
    return Month(month, offers, territories, programmes, heard, len(tills) - heard, demo)


def _public(lines: Iterable[Line]) -> list[PublicLine]:
    return [PublicLine(ln.key, ln.label, Counted(ln.uses, ln.people, ln.saving)) for ln in lines]


def span_of(month: str) -> tuple[int, int]:
    """Return the first second of a month `2026-10` in Paris and that of the next one.

    Raises:
        ValueError: it is none.
    """
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return start_of(first), start_of(after)


def department(territory: str) -> str:
    """Return the department of a commune or department (INSEE), or that it is unknown."""
    match = _DEPARTMENT.match(territory)
    return match[0] if match else UNKNOWN


def _counted(counting: Counting, dimension: str) -> list[_Counted]:
    rows = counting.query.rows(
        f"SELECT offer, {dimension}::VARCHAR, count(*), count(DISTINCT (hi, lo)),"
        " coalesce(sum(amount), 0)::HUGEINT, coalesce(sum(saving), 0)::HUGEINT, count(amount)"
        f" FROM counted GROUP BY offer, {dimension}"
    )
    return [_Counted(offer or 0, *rest) for offer, *rest in rows]


def _lines(counting: Counting, dimension: str) -> tuple[Line, ...]:
    parts: dict[str, list[_Counted]] = {}
    for part in _counted(counting, dimension):
        parts.setdefault(part.key, []).append(part)
    lines = [_line(key, _label(counting.known, dimension, key), found) for key, found in parts.items()]
    if dimension == "week":
        return tuple(sorted(lines, key=lambda line: line.key))
    return tuple(sorted(lines, key=lambda line: (-line.uses, line.key)))


def _line(key: str, label: str, parts: list[_Counted]) -> Line:
    return Line(
        key,
        label,
        sum(part.uses for part in parts),
        sum(part.vouchers for part in parts),
        max((part.vouchers for part in parts), default=0),
        sum(part.amount for part in parts),
        sum(part.saving for part in parts),
        sum(part.with_amount for part in parts),
    )


def _label(known: Known, dimension: str, key: str) -> str:
    match dimension:
        case "offer":
            facts = known.offers.get(int(key)) if key else None
            listed = (o for v in known.lists.values() for t in v for o in t.offers if str(o.number) == key)
            return facts.title if facts else next((offer.title for offer in listed), key)
        case "partner":
            versions = known.lists.get(key)
            return versions[-1].partner_name if versions else key
        case "territory" if key != UNKNOWN:
            return f"Département {key}"
        case "week":
            return day_of(int(key)).isoformat() if int(key) else UNKNOWN
    return {UNKNOWN: "Non précisé", COMMON: "Tous parcours"}.get(key) or known.names.get(key, key)


def _stocks(known: Known, used: Iterable[Line]) -> Iterable[Stock]:
    by_offer = {int(line.key): line for line in used if line.key}
    # A promo code or a barcode is granted too, and no till of ours ever sees it.
    listed = {number for _, number in known.offered}
    for offer in sorted(by_offer.keys() | (known.issued.keys() & listed)):
        vouchers = by_offer[offer].vouchers if offer in by_offer else 0
        title = _label(known, "offer", str(offer))
        yield Stock(offer, title, known.issued.get(offer), known.activated.get(offer), vouchers)
