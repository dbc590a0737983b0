"""One partner's statement for one month, line by line, that it can make again from its own exports.

It needs nothing that the partner does not have: its tills' exports and its signed trust lists. The same rows
give the same bytes, whoever runs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from cje.table import encode_table
from reconcile.figures.totals import span_of, struck
from reconcile.findings.finding import Finding
from reconcile.findings.reference_data import Known
from reconcile.rows import export
from reconcile.rows.query import Query
from reconcile.rows.registry import KnownTill

COLUMNS: Final = (
    "partenaire",
    "mois",
    "caisse",
    "cle",
    "offre",
    "titre",
    "premiere_ligne",
    "derniere_ligne",
    "usages",
    "bons",
    "repris",
    "non_comptes",
    "montant_euros",
    "remise_euros",
)


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One till's uses of one offer. Money in cents.

    Attributes:
        key: the till's public key in hexadecimal. first, last: numbers of the first and the last row.
        uses, vouchers: that count. taken_back: voided by the cashier. not_counted: double or without proof.
    """

    till: str
    key: str
    offer: int
    title: str
    first: int
    last: int
    uses: int
    vouchers: int
    taken_back: int
    not_counted: int
    amount: int
    saving: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """A partner's statement. `missing` are rows (till, first, last) that were never handed in."""

    partner: str
    name: str
    month: str
    lines: tuple[SettlementLine, ...]
    missing: tuple[tuple[str, int, int], ...]

    @property
    def uses(self) -> int:
        return sum(line.uses for line in self.lines)

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def saving(self) -> int:
        return sum(line.saving for line in self.lines)


def settle(
    query: Query,
    tills: Mapping[int, KnownTill],
    known: Known,
    findings: Iterable[Finding],
    partner: str,
    month: str,
    missing: Iterable[tuple[str, int, int]] = (),
) -> Settlement:
    """Return a partner's statement for a month `2026-10`.

    Raises:
        ValueError: no month.
    """
    start, end = span_of(month)
    own = {number: till for number, till in tills.items() if till.partner == partner}
    query.table("own", "till UBIGINT", [(number,) for number in own])
    query.table("struck", "till UBIGINT, n BIGINT", sorted(struck(findings, own)))
    query.run(
        "CREATE OR REPLACE TEMP TABLE statement AS SELECT till, n, offer, hi, lo, amount, saving,"
        " (till, n) IN (SELECT (till, voids) FROM journal WHERE kind = 2 AND voids IS NOT NULL)"
        " AS taken_back,"
        f" (fault & {export.UNPROVEN | export.BARE}) <> 0 OR (till, n) IN (FROM struck) AS bad"
        " FROM journal WHERE kind = 0 AND till IN (FROM own) AND effective >= ? AND effective < ?",
        start,
        end,
    )
    good = "FILTER (NOT taken_back AND NOT bad)"
    rows = query.rows(
        f"SELECT till, offer, min(n), max(n), count(*) {good}, count(DISTINCT (hi, lo)) {good},"
        " count(*) FILTER (taken_back), count(*) FILTER (bad AND NOT taken_back),"
        f" coalesce(sum(amount) {good}, 0)::HUGEINT, coalesce(sum(saving) {good}, 0)::HUGEINT"
        " FROM statement GROUP BY till, offer"
    )
    # Titles from the partner's own signed lists: the catalogue is not needed to make this again.
    titles = {offer.number: offer.title for listed in known.lists.get(partner, ()) for offer in listed.offers}
    lines = [
        SettlementLine(
            own[till].name, own[till].key.hex(), offer or 0, titles.get(offer, str(offer or "")), *rest
        )
        for till, offer, *rest in rows
    ]
    lines.sort(key=lambda line: (line.till, line.key, line.offer))
    versions = known.lists.get(partner)
    name = versions[-1].partner_name if versions else partner
    return Settlement(partner, name, month, tuple(lines), tuple(sorted(missing)))


def encode_csv(settlement: Settlement) -> bytes:
    """Return the statement as a French spreadsheet opens it: semicolons, decimal commas, a UTF-8 mark."""
    rows = (
        (
            settlement.partner,
            settlement.month,
            line.till,
            line.key,
            line.offer,
            line.title,
            line.first,
            line.last,
            line.uses,
            line.vouchers,
            line.taken_back,
            line.not_counted,
            _euros(line.amount),
            _euros(line.saving),
        )
        for line in settlement.lines
    )
    return encode_table(COLUMNS, rows, ";", mark=True).encode()


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"
