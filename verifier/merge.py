"""Journals that meet: exports go out and come in, and every double use shows (journal-v1 §2).

Merging is a union of rows by (till key, n, content): commutative, associative, idempotent. A neighbour's row
counts as a use only when its evidence proves it, so that no file can use up a voucher that was never shown.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from verifier import database
from verifier.errors import BadInput
from verifier.journal import Journal, add_use, mark_void
from voucher.civil import period_start
from voucher.claims import Claims, Period, Voucher, decode_voucher
from voucher.ed25519 import kid
from voucher.errors import VoucherError
from voucher.journal import (
    Export,
    Kind,
    Row,
    assemble,
    decode_export,
    encode_export,
    encode_row,
    first_hash,
    signing_input,
)
from voucher.keyring import Keyring
from voucher.presentation import decode_presentation

Sign = Callable[[bytes], bytes]


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
        rows: (till public key, n) of every accepted row; an empty key is this till's.
    """

    kid: bytes
    cti: bytes
    reason: str
    rows: tuple[tuple[bytes, int], ...]


def export_rows(journal: Journal, partner: str, till: str, sign: Sign, first: int = 1) -> bytes:
    """Return the signed export of the journal's own rows from `first` on.

    Raises:
        BadInput: no such row.
    """
    rows = tuple(journal.rows(first))
    if not rows:
        raise BadInput("nothing_to_export")
    with database.faults():
        hashes = dict(journal.connection.execute("SELECT n, hash FROM own_row WHERE n >= ?", (first - 1,)))
    before = hashes[first - 1] if first > 1 else first_hash(journal.key)
    last = rows[-1].n
    payload = encode_export(Export(partner, till, journal.key, first, last, before, hashes[last], rows))
    return assemble(payload, journal.key, sign(signing_input(payload, journal.key)))


def import_rows(journal: Journal, data: bytes, partner: str, keyring: Keyring) -> Merged:
    """Take a neighbour's export into the journal, all of it or nothing.

    Raises:
        VoucherError: not an export, or its signature or chain does not hold.
        BadInput: another partner's.
    """
    export = decode_export(data)
    if export.partner != partner:
        raise BadInput("other_partner")
    with journal.deciding():
        return _merge(journal, export, keyring)


def _merge(journal: Journal, export: Export, keyring: Keyring) -> Merged:
    connection, new, unproven = journal.connection, 0, 0
    connection.execute(
        "INSERT INTO neighbour VALUES (?, ?) ON CONFLICT DO UPDATE SET name = max(name, excluded.name)",
        (export.key, export.till),
    )
    for row in export.rows:
        content = encode_row(row)
        if export.key == journal.key and _is_own(connection, row.n, content):
            continue
        values = (export.key, row.n, hashlib.sha256(content).digest(), content)
        new += connection.execute("INSERT OR IGNORE INTO neighbour_row VALUES (?, ?, ?, ?)", values).rowcount
        if row.kind is Kind.VOID and row.voids is not None:
            mark_void(connection, export.key, row.voids)
        elif row.kind is Kind.ACCEPTED:
            claims = prove(row, keyring)
            if claims is None or row.kid is None or row.seq is None:
                unproven += 1
            else:
                add_use(connection, export.key, row.n, row.effective, row.kid, row.seq, claims)
    return Merged(export.till, len(export.rows), new, unproven, _conflicts(journal, export.key))


def prove(row: Row, keyring: Keyring) -> Claims | None:
    """Return what an accepted row's voucher says, once its evidence shows that it was presented."""
    if row.evidence is None:
        return None
    try:
        voucher, seq = _evidence(row.evidence, keyring)
    except VoucherError:
        return None
    claims = voucher.claims
    if seq is None and claims.holder is not None:
        return None  # a holder's voucher without the holder's proof
    same = (kid(voucher.key), claims.cti, claims.offer) == (row.kid, row.cti, row.offer)
    return claims if same and (seq is None or seq == row.seq) else None


def double_uses(journal: Journal) -> Iterator[DoubleUse]:
    """Yield every voucher accepted too often, here and at all tills that were merged, in order of its id."""
    with database.faults():
        rows = journal.connection.execute(
            "SELECT kid, cti, seq, till, n, at, uses, period, bearer FROM use WHERE voided = 0"
            " AND (kid, cti) IN"
            " (SELECT kid, cti FROM use WHERE voided = 0 GROUP BY kid, cti HAVING count(*) > 1)"
            " ORDER BY kid, cti, seq, till, n"
        ).fetchall()
    for (key_id, cti), group in groupby(rows, key=lambda row: row[:2]):
        uses = list(group)
        tills = tuple((till, n) for _, _, _, till, n, *_ in uses)
        seqs = [row[2] for row in uses if not row[8]]  # each till counts a bearer voucher's uses by itself
        if len(set(seqs)) < len(seqs):
            yield DoubleUse(key_id, cti, "same_use", tills)
        elif _over_limit(uses):
            yield DoubleUse(key_id, cti, "over_limit", tills)


def _over_limit(uses: list[tuple[bytes, bytes, int, bytes, int, int, int, int, int]]) -> bool:
    limit, period = uses[0][6], Period(uses[0][7])
    starts = [period_start(row[5], period) for row in uses]
    return limit > 0 and max(starts.count(start) for start in starts) > limit


def _evidence(data: bytes, keyring: Keyring) -> tuple[Voucher, int | None]:
    """Open evidence: a presentation's header has three bytes, a voucher's nine."""
    if data[2:3] == b"\x43":
        shown = decode_presentation(data, keyring)
        return shown.voucher, shown.seq
    return decode_voucher(data, keyring), None


def _is_own(connection: sqlite3.Connection, n: int, content: bytes) -> bool:
    found = connection.execute("SELECT bytes FROM own_row WHERE n = ?", (n,)).fetchone()
    return found is not None and found[0] == content


def _conflicts(journal: Journal, till: bytes) -> tuple[int, ...]:
    """Numbers under which a till has signed two different rows; a copy of this very till counts too."""
    query = (
        "SELECT n FROM neighbour_row WHERE till = ?1 GROUP BY n HAVING count(*) > 1"
        " UNION SELECT n FROM neighbour_row JOIN own_row USING (n) WHERE till = ?1 AND ?1 = ?2 ORDER BY n"
    )
    return tuple(n for (n,) in journal.connection.execute(query, (till, journal.key)))
