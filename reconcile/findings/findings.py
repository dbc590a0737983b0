"""Findings: every double use and every use that should not have been, from the store's rows.

Millions of rows are narrowed first (`suspects`); what remains is looked at closely, and only here is judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from reconcile.findings.candidates import COLUMNS, TAKEN_BACK, Wanted, gather
from reconcile.findings.finding import Finding, Kind, Use
from reconcile.findings.reference_data import Known
from reconcile.rows import export, typed_codes
from reconcile.rows.query import Query
from reconcile.rows.registry import KnownTill
from voucher.claims import Claims, Period, Voucher
from voucher.errors import VoucherError
from voucher.trust import IssuingKey, TrustedOffer

# A row whose evidence shows no use is nobody's use: no file can use up a voucher that was never shown.
_SHOWN: Final = f"(fault & {export.UNPROVEN | export.BARE}) = 0"
_BY_ITSELF: Final = {
    export.UNPROVEN: Kind.UNPROVEN,
    export.BARE: Kind.BARE,
    export.OUT_OF_TIME: Kind.OUT_OF_TIME,
    export.NOT_LIVE: Kind.NOT_LIVE,
    export.FORBIDDEN: Kind.FORBIDDEN,
}
_TYPED: Final = f"(fault & {export.BY_CODE}) <> 0"


@dataclass(frozen=True, slots=True)
class _Row:
    """What findings look at of a row, in the order of `COLUMNS`."""

    till: int
    n: int
    effective: int
    seq: int | None
    kid: int | None
    list: int
    hi: int | None
    lo: int | None
    offer: int | None
    uses: int | None
    period: int | None
    bucket: int
    bearer: bool
    starts: int | None
    ends: int | None
    fault: int

    @property
    def cti(self) -> bytes | None:
        if self.hi is None or self.lo is None:
            return None
        return self.hi.to_bytes(8) + self.lo.to_bytes(8)

    @property
    def use(self) -> Use:
        return Use(self.till, self.n, self.effective, self.seq, self.kid, self.list)


def find(
    query: Query, tills: Mapping[int, KnownTill], known: Known, stories: Iterable[int] = ()
) -> list[Finding]:
    """Return every finding, in an order that depends on the rows alone.

    Args:
        tills: known tills by number.
        known: signed lists, keys, offers; what is not known is not judged.
        stories: tills whose exports contradict each other (`health.two_stories`).
    """
    query.table("stories", "till UBIGINT", [(till,) for till in stories])
    gather(query, _wanted(query, tills, known))
    found = [
        *_false_codes(query, tills, known),
        *_doubles(query, tills),
        *_typed_too(query, tills),
        *_revoked(query, tills, known),
        *_by_themselves(query, tills),
        *_against_lists(query, tills, known),
        *_two_stories(query, tills),
    ]
    return sorted({finding.id: finding for finding in found}.values(), key=_order)


def typed_uses(query: Query) -> dict[int, int]:
    """Return how many typed codes count at each till, once `find` has looked at everything."""
    return dict(query.rows(f"SELECT till, count(*) FROM suspect WHERE {_TYPED} GROUP BY till"))


def _order(finding: Finding) -> tuple[object, ...]:
    return finding.kind, finding.cti or b"", finding.id


def _wanted(query: Query, tills: Mapping[int, KnownTill], known: Known) -> Wanted:
    """Return what makes a row worth a close look by itself."""
    lists = [listed for versions in known.lists.values() for listed in versions]
    kids = {int.from_bytes(kid) for listed in lists for kid, _ in listed.batches}
    return Wanted(
        faults=sum(_BY_ITSELF) | export.BY_CODE,
        prefixes=frozenset(int.from_bytes(prefix[:6]) for listed in lists for prefix in listed.revoked),
        kids=frozenset(kids | known.compromised().keys()),
        suspicious=frozenset(_suspicious(query, tills, known)),
    )


def _doubles(query: Query, tills: Mapping[int, KnownTill]) -> Iterator[Finding]:
    """Yield vouchers used too often, one finding for each."""
    query.run(
        f"CREATE OR REPLACE TEMP TABLE guilty AS SELECT hi, lo FROM suspect WHERE NOT bearer AND {_SHOWN}"
        " GROUP BY kid, hi, lo, seq HAVING count(*) > 1"
        f" UNION SELECT hi, lo FROM suspect WHERE uses > 0 AND {_SHOWN}"
        " GROUP BY hi, lo, bucket HAVING count(*) > max(uses)"
    )
    columns = ", ".join(f"suspect.{name}" for name in COLUMNS.split(", "))
    rows = query.rows(
        f"SELECT {columns} FROM suspect JOIN guilty USING (hi, lo) WHERE {_SHOWN} ORDER BY hi, lo, till, n"
    )
    for _, group in groupby((_Row(*row) for row in rows), key=lambda row: (row.hi, row.lo)):
        uses = list(group)
        for kind, guilty in _too_often(uses):
            facts = {"limit": guilty[0].uses or 0, "period": guilty[0].period or 0, "count": len(guilty)}
            yield _finding(kind, guilty, tills, facts)


def _too_often(uses: list[_Row]) -> Iterator[tuple[Kind, list[_Row]]]:
    """Judge the uses of one voucher: the ten lines that count."""
    same: dict[Any, list[_Row]] = defaultdict(list)
    period: dict[Any, list[_Row]] = defaultdict(list)
    for use in uses:
        if not use.bearer:
            same[use.kid, use.seq].append(use)
        period[use.kid, use.bucket].append(use)
        period[None, use.bucket].append(use)
    twice = [row for group in same.values() if len(group) > 1 for row in group]
    over = {kid: _over(period, kid) for kid in {kid for kid, _ in period}}
    of_one_key = [row for kid, rows in over.items() if kid is not None for row in rows]
    if twice:
        yield Kind.SAME_USE, twice
    if of_one_key:
        yield Kind.OVER_LIMIT, of_one_key
    elif over[None]:
        yield Kind.RENEWED_KEY, over[None]


def _over(period: Mapping[Any, list[_Row]], kid: int | None) -> list[_Row]:
    """Return the uses of the periods that hold too many; one use that was accepted twice is one here."""
    groups = [rows for (of, _), rows in period.items() if of == kid]
    return [row for rows in groups if 0 < (rows[0].uses or 0) < _distinct(rows) for row in rows]


def _distinct(rows: list[_Row]) -> int:
    return sum(row.bearer for row in rows) + len({(row.kid, row.seq) for row in rows if not row.bearer})


def _false_codes(query: Query, tills: Mapping[int, KnownTill], known: Known) -> Iterator[Finding]:
    """Yield typed codes that no key of their partner has made, and take them out of what was shown."""
    false = [
        row
        for row in _rows(query, _TYPED)
        if (keys := known.short_keys.get(tills[row.till].partner))
        and not typed_codes.holds(keys, row.hi or 0, row.offer or 0, row.seq or 0)
    ]
    query.table("false_codes", "till UBIGINT, n BIGINT", [(row.till, row.n) for row in false])
    query.run("DELETE FROM suspect WHERE (till, n) IN (FROM false_codes)")
    return (_finding(Kind.FALSE_CODE, [row], tills, {}) for row in false)


def _typed_too(query: Query, tills: Mapping[int, KnownTill]) -> Iterator[Finding]:
    """Yield typed codes for which no scanned voucher with their twenty bits had room left.

    Another voucher that nobody has scanned may have these bits too: a person must ask before accusing.
    """
    typed: dict[tuple[str, int | None, int], list[_Row]] = defaultdict(list)
    for row in _rows(query, _TYPED):
        typed[tills[row.till].partner, row.offer, (row.hi or 0) >> typed_codes.TAG_SHIFT].append(row)
    if not typed:
        return
    query.table("tags", "offer BIGINT, tag UBIGINT", {(offer, tag) for _, offer, tag in typed})
    scanned = query.rows(
        f"SELECT {COLUMNS} FROM journal WHERE kind = 0 AND kid IS NOT NULL AND {_SHOWN}"
        f" AND (offer, hi >> {typed_codes.TAG_SHIFT}) IN (FROM tags)"
        f" AND (till, n) NOT IN ({TAKEN_BACK}) ORDER BY till, n"
    )
    alike: dict[tuple[str, int | None, int], dict[Any, list[_Row]]] = defaultdict(lambda: defaultdict(list))
    for row in (_Row(*found) for found in scanned):
        tag = (row.hi or 0) >> typed_codes.TAG_SHIFT
        alike[tills[row.till].partner, row.offer, tag][row.hi, row.lo].append(row)
    for name in sorted(typed.keys() & alike.keys(), key=str):
        vouchers = list(alike[name].values())
        if all(_is_spent(typed[name], uses) for uses in vouchers):
            rows = [*(row for uses in vouchers for row in uses), *typed[name]]
            facts = {"limit": vouchers[0][0].uses or 0, "count": len(rows), "alike": len(vouchers)}
            yield _finding(Kind.TYPED_TOO, rows, tills, facts)


def _is_spent(typed: list[_Row], uses: list[_Row]) -> bool:
    one = uses[0]
    shown = {(row.kid, row.seq) if not row.bearer else (row.till, row.n): row.effective for row in uses}
    return typed_codes.spent(
        [(row.effective, row.cti) for row in typed],
        list(shown.values()),
        one.uses or 0,
        Period(one.period or 0),
        (min(row.starts or 0 for row in uses), max(row.ends or 0 for row in uses)),
    )


def _revoked(query: Query, tills: Mapping[int, KnownTill], known: Known) -> Iterator[Finding]:
    """Yield uses after a list revoked the voucher, by its id or with its batch, and after a key was."""
    for row in _rows(query, f"{_SHOWN} AND ((hi >> 16) IN (FROM prefixes) OR kid IN (FROM kids))"):
        finding = _after_revocation(row, tills, known)
        if finding is not None:
            yield finding
    for kid, since in sorted(known.compromised().items()):
        for row in _rows(query, f"{_SHOWN} AND kid = {kid} AND effective >= {since}"):
            yield _finding(Kind.COMPROMISED_KEY, [row], tills, _age(row, tills, known) | {"since": since})


def _after_revocation(row: _Row, tills: Mapping[int, KnownTill], known: Known) -> Finding | None:
    partner = tills[row.till].partner
    voucher = _voucher(row, known)
    first = known.revoked_since(partner, voucher) if voucher else None
    if first is None or row.effective < first.issued:
        return None
    facts = {"since": first.issued, "knew": int(row.list >= first.version), **_age(row, tills, known)}
    return _finding(Kind.REVOKED, [row], tills, facts)


def _by_themselves(query: Query, tills: Mapping[int, KnownTill]) -> Iterator[Finding]:
    """Yield rows that no list is needed to judge; the fault was seen at import."""
    for row in _rows(query, f"(fault & {sum(_BY_ITSELF)}) <> 0"):
        for bit, kind in _BY_ITSELF.items():
            if row.fault & bit:
                yield _finding(kind, [row], tills, {})


def _suspicious(query: Query, tills: Mapping[int, KnownTill], known: Known) -> list[tuple[Any, ...]]:
    """Return what rows have in common where that is not what the signed lists allow."""
    pairs = query.rows(
        'SELECT till, kid, offer, bearer, min("from"), max("to"), min(starts_from), max(starts_to),'
        " max(ends_to) FROM pairs GROUP BY till, kid, offer, bearer"
    )
    return [
        (till, kid, offer, bearer)
        for till, kid, offer, bearer, start, end, *vouchers in pairs
        if _disallowed(tills[till], known, kid, offer, bearer, (start, end), vouchers)
    ]


def _against_lists(query: Query, tills: Mapping[int, KnownTill], known: Known) -> Iterator[Finding]:
    """Yield rows that the signed lists do not allow."""
    for row in _rows(query, f"{_SHOWN} AND (till, kid, offer, bearer) IN (FROM suspicious)"):
        moment, window = (row.effective, row.effective), (row.starts, row.starts, row.ends)
        till = tills[row.till]
        for kind in _disallowed(till, known, row.kid, row.offer, row.bearer, moment, window):
            yield _finding(kind, [row], tills, {})


def _disallowed(
    till: KnownTill,
    known: Known,
    kid: int | None,
    offer: int | None,
    bearer: bool,
    moments: tuple[int, int],
    vouchers: Iterable[int | None],
) -> list[Kind]:
    """Return what no list of the till's partner allows, for uses between two moments."""
    found = [Kind.AFTER_STOP] if till.stopped is not None and moments[1] >= till.stopped else []
    versions = known.lists.get(till.partner)
    if not versions or kid is None or offer is None:
        return found
    words: list[TrustedOffer] = known.offered.get((till.partner, offer), [])
    starts_from, starts_to, ends_to = vouchers
    keys: list[IssuingKey] = known.named.get((till.partner, kid), [])
    if not words:
        return [*found, Kind.WRONG_OFFER]
    # What any version allowed is allowed: the till's own version may not have been learned.
    if moments[0] < min(o.valid_from for o in words) or moments[1] >= max(o.valid_until for o in words):
        found.append(Kind.OUT_OF_TIME)
    if bearer and not any(o.paper for o in words):
        found.append(Kind.PAPER)
    if starts_from is None or starts_to is None or ends_to is None:
        return found
    may = (
        key.use_from <= starts_from
        and starts_to < key.use_until
        and ends_to <= key.accept_until
        and offer in key.offers
        for key in keys
    )
    return found if any(may) else [*found, Kind.KEY_MISUSE]


def _two_stories(query: Query, tills: Mapping[int, KnownTill]) -> Iterator[Finding]:
    """Yield the numbers under which a till has signed two different rows."""
    told = query.rows("SELECT till FROM stories")
    if not told:
        return
    rows = query.rows(
        "SELECT till, n, min(effective), min(list) FROM journal WHERE till IN (FROM stories)"
        " GROUP BY till, n HAVING count(*) > 1 ORDER BY till, n"
    )
    seen = set()
    for till, group in groupby(rows, key=lambda row: row[0]):
        uses = [Use(till, n, effective, None, None, listed) for _, n, effective, listed in group]
        seen.add(till)
        yield Finding(Kind.TWO_STORIES, (tills[till].partner,), None, None, tuple(uses))
    for till in sorted({till for (till,) in told} - seen):
        yield Finding(Kind.TWO_STORIES, (tills[till].partner,), None, None, ())


def _rows(query: Query, where: str) -> list[_Row]:
    """Return suspected rows."""
    return [_Row(*row) for row in query.rows(f"SELECT {COLUMNS} FROM suspect WHERE {where} ORDER BY till, n")]


def _finding(
    kind: Kind, rows: list[_Row], tills: Mapping[int, KnownTill], facts: Mapping[str, int]
) -> Finding:
    uses = tuple(sorted({row.use for row in rows}, key=lambda use: (use.till, use.n)))
    partners = tuple(sorted({tills[row.till].partner for row in rows}))
    return Finding(kind, partners, rows[0].offer, rows[0].cti, uses, dict(facts))


def _age(row: _Row, tills: Mapping[int, KnownTill], known: Known) -> dict[str, int]:
    """How old the list was that the till decided with, if that version was learned."""
    listed = known.version(tills[row.till].partner, row.list)
    return {} if listed is None else {"age": row.effective - listed.issued}


def _voucher(row: _Row, known: Known) -> Voucher | None:
    """Return what a row says of its voucher, as a list's own test of revocation takes it."""
    key = known.issuing.get(row.kid or 0)
    if row.cti is None or key is None or row.starts is None or row.ends is None:
        return None
    try:
        claims = Claims(row.starts, row.ends, row.cti, row.offer or 1, row.uses or 0, Period(row.period or 0))
    except VoucherError:
        return None
    return Voucher(claims, key.key)
