"""Journals that meet: exports go out and come in, and every double use shows (journal-v1 §2).

Merging is a union of rows by (till key, n, content): commutative, associative, idempotent. A neighbour's row
counts as a use only when its evidence proves it, so that no file can use up a voucher that was never shown.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from verifier.errors import BadInput
from verifier.proof import prove, prove_typed
from verifier.till.database import Database
from verifier.till.journal import TYPED_KID, Journal, add_typed_use, add_use, mark_void, read_row, typed_name
from voucher.civil import period_start
from voucher.claims import Period
from voucher.journal import (
    MAX_EXPORT,
    Export,
    Kind,
    Row,
    assemble,
    decode_export,
    encode_export,
    encode_row,
    signing_input,
)
from voucher.keyring import Keyring
from voucher.short_code import tag_of

Sign = Callable[[bytes], bytes]
_Place = tuple[bytes, int, int]  # till, row, effective time
_ENVELOPE: Final = 4096  # bytes of an export that are not rows, at most


@dataclass(frozen=True, slots=True)
class Merged:
    """What an import brought.

    Attributes:
        till: the neighbour's name. rows: of the export. new: that were not here yet.
        unproven: accepted rows whose evidence this till cannot verify: kept, not counted as uses.
        conflicts: numbers n for which this till key has signed two different rows.
    """

    till: str
    rows: int
    new: int
    unproven: int
    conflicts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DoubleUse:
    """One voucher that was accepted more often than it may be.

    Attributes:
        kid, cti: the voucher.
        reason: `same_use`, one (kid, cti, seq) accepted twice, or `over_limit`, too many uses in a period.
        rows: (till public key, n) of every accepted row.
    """

    kid: bytes
    cti: bytes
    reason: str
    rows: tuple[tuple[bytes, int], ...]


def export_rows(
    journal: Journal, partner: str, till: str, sign: Sign, first: int = 1, last: int | None = None
) -> bytes:
    """Return the signed export of the journal's own rows from `first` to `last`, or to the newest.

    Rows that were purged are left out: the export begins with the first that is there.

    Raises:
        BadInput: no such row, or more than an export may hold.
    """
    start, before = journal.base()
    first = max(first, start + 1)
    if first > start + 1:
        before = next((value for n, _, value in journal.stored(first - 1) if n == first - 1), before)
    rows, after, size = [], before, 0
    for n, data, value in journal.stored(first):
        if last is not None and n > last:
            break
        rows.append(read_row(data))
        after, size = value, size + len(data)
        if size > MAX_EXPORT - _ENVELOPE:
            raise BadInput("export_too_big", last=n - 1)
    if not rows:
        raise BadInput("nothing_to_export")
    payload = encode_export(Export(partner, till, journal.key, first, rows[-1].n, before, after, tuple(rows)))
    return assemble(payload, journal.key, sign(signing_input(payload, journal.key)))


def import_rows(
    journal: Journal, data: bytes, partner: str, keyring: Keyring, short_key: bytes | None = None
) -> Merged:
    """Take a neighbour's export into the journal, all of it or nothing.

    Args:
        keyring: the issuing keys of the till's list.
        short_key: the partner's, without which no typed code is proven.

    Raises:
        VoucherError: not an export, or its signature or chain does not hold.
        BadInput: another partner's.
    """
    export = decode_export(data)
    if export.partner != partner:
        raise BadInput("other_partner")
    with journal.deciding():
        return _merge(journal, export, keyring, short_key)


def _merge(journal: Journal, export: Export, keyring: Keyring, short_key: bytes | None) -> Merged:
    database, new, unproven = journal.database, 0, 0
    database.write(
        "INSERT INTO till VALUES (?, ?, 0, 0, ?, 0, 0) ON CONFLICT (key) DO UPDATE SET name = excluded.name"
        " WHERE till.local = 0 AND till.name < excluded.name",
        export.key,
        export.till,
        b"",
    )
    for row in export.rows:
        content = encode_row(row)
        if _is_own(database, export.key, row.n, content):
            continue
        digest = hashlib.sha256(content).digest()
        new += database.write(
            "INSERT INTO neighbour_row VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            *(export.key, row.n, digest, row.effective, content),
        )
        if row.kind is Kind.VOID and row.voids is not None:
            mark_void(database, export.key, row.voids, local=False)
        elif row.kind is Kind.ACCEPTED:
            unproven += not _count(database, export.key, row, keyring, short_key)
    return Merged(export.till, len(export.rows), new, unproven, _conflicts(database, export.key))


def _count(database: Database, till: bytes, row: Row, keyring: Keyring, short_key: bytes | None) -> bool:
    """Count an accepted row as a use if its evidence proves it; tell whether it does."""
    tag = prove_typed(row, short_key)
    if tag is not None and row.seq is not None:
        add_typed_use(database, till, row.n, row.effective, tag, row.seq, local=False)
        return True
    claims = prove(row, keyring)
    if claims is None or row.kid is None or row.seq is None:
        return False
    add_use(database, till, row.n, row.effective, row.kid, row.seq, claims, local=False)
    return True


def double_uses(journal: Journal) -> Iterator[DoubleUse]:
    """Yield every voucher accepted too often, here and at all tills that were merged, in order of its id."""
    rows = journal.database.read(
        "SELECT kid, cti, seq, till, n, at, uses, period, bearer FROM use WHERE voided = 0"
        " AND (kid, cti) IN"
        " (SELECT kid, cti FROM use WHERE voided = 0 GROUP BY kid, cti HAVING count(*) > 1)"
        " ORDER BY kid, cti, seq, till, n, local DESC"
    )
    for (key_id, cti), group in groupby(rows, key=lambda row: row[:2]):
        uses = list(group)
        tills = tuple((till, n) for _, _, _, till, n, *_ in uses)
        seqs = [row[2] for row in uses if not row[8]]  # each till counts a bearer voucher's uses by itself
        if len(set(seqs)) < len(seqs):
            yield DoubleUse(key_id, cti, "same_use", tills)
        elif _over_limit(uses[0][6], uses[0][7], [row[5] for row in uses]):
            yield DoubleUse(key_id, cti, "over_limit", tills)
    yield from _over_limit_with_typed(journal.database)


def _over_limit_with_typed(database: Database) -> Iterator[DoubleUse]:
    """Yield the vouchers that only their typed uses bring over their limit."""
    rows = database.read(
        "SELECT s.kid, s.cti, s.uses, s.period, s.till, s.n, s.at, t.cti, t.till, t.n, t.at"
        " FROM use AS s JOIN use AS t ON t.kid = ? AND t.cti BETWEEN substr(s.cti, 1, 2) AND s.cti"
        " WHERE s.kid <> ? AND s.voided = 0 AND t.voided = 0",
        *(TYPED_KID, TYPED_KID),
    )
    scanned: defaultdict[tuple[Any, ...], set[_Place]] = defaultdict(set)
    typed: defaultdict[tuple[Any, ...], set[_Place]] = defaultdict(set)
    for kid, cti, uses, period, *places in rows:
        if places[3] == typed_name(tag_of(cti)):
            scanned[kid, cti, uses, period].add(tuple(places[:3]))
            typed[kid, cti, uses, period].add(tuple(places[4:]))
    for voucher in sorted(scanned):
        kid, cti, uses, period = voucher
        alone, together = scanned[voucher], scanned[voucher] | typed[voucher]
        over = [_over_limit(uses, period, [at for _, _, at in some]) for some in (alone, together)]
        if over == [False, True]:
            places = sorted((till, n) for till, n, _ in together)
            yield DoubleUse(kid, cti, "over_limit", tuple(places))


def _over_limit(limit: int, period: int, times: list[int]) -> bool:
    starts = [period_start(at, Period(period)) for at in times]
    return bool(limit > 0 and max(starts.count(start) for start in starts) > limit)


def _is_own(database: Database, till: bytes, n: int, content: bytes) -> bool:
    """Tell whether a till that writes here has written this very row, or let it go: it counts already."""
    if database.read("SELECT 1 FROM till WHERE key = ? AND local = 1 AND purged >= ?", till, n):
        return True
    return database.read("SELECT bytes FROM own_row WHERE till = ? AND n = ?", till, n) == [(content,)]


def _conflicts(database: Database, till: bytes) -> tuple[int, ...]:
    """Numbers under which a till has signed two different rows; a copy of a till of ours counts too."""
    query = (
        "SELECT n FROM neighbour_row WHERE till = ? GROUP BY n HAVING count(*) > 1"
        " UNION SELECT neighbour_row.n FROM neighbour_row JOIN own_row USING (till, n) WHERE till = ?"
        " ORDER BY n"
    )
    return tuple(n for (n,) in database.read(query, till, till))
