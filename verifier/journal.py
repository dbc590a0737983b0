"""A till's journal: append-only rows in one hash chain, and the uses that they make (journal-v1).

One SQLite file serves one till, in as many processes as it likes: a decision and its row stand in one
immediate transaction, and the unique key on (kid, cti, seq) among accepted rows has the last word.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

from verifier import database
from verifier.decision import Decision
from verifier.errors import JournalDamaged, NotVoidable
from verifier.verdict import Verdict
from verifier.views import Use
from voucher import cbor
from voucher.caps import CHALLENGE_LIFE
from voucher.claims import Claims
from voucher.errors import VoucherError
from voucher.journal import Kind, Row, encode_row, first_hash, next_hash

VOID_WITHIN: Final = 600  # seconds: long enough for a mistake at the counter, too short to free a use at home
_OWN: Final = b""


class Journal:
    """The journal of the till whose public key is `key`. It is a `UsesView`, neighbours' uses included."""

    def __init__(self, connection: sqlite3.Connection, key: bytes) -> None:
        self.connection = connection
        self.key = key

    def close(self) -> None:
        self.connection.close()

    def deciding(self) -> AbstractContextManager[None]:
        """Hold the journal alone until the block ends; a block that raises leaves no trace."""
        return database.deciding(self.connection)

    # What the till knows.

    def accepted(self, kid: bytes, cti: bytes) -> Sequence[Use]:
        """Return the uses of a voucher, here and at the neighbours that were merged, voided ones left out."""
        with database.faults():
            rows = self.connection.execute(
                "SELECT use.n, seq, at, ifnull(name, '') FROM use LEFT JOIN neighbour USING (till)"
                " WHERE kid = ? AND cti = ? AND voided = 0",
                (kid, cti),
            ).fetchall()
        return [Use(*row) for row in rows]

    def seen(self) -> int:
        """Return the effective time of the newest own row, 0 without one (trust-v1 §6)."""
        found = self._one("SELECT effective FROM own_row ORDER BY n DESC LIMIT 1")
        return int(found[0]) if found else 0

    def last(self) -> tuple[int, bytes]:
        """Return (n, hash) of the newest own row."""
        found = self._one("SELECT n, hash FROM own_row ORDER BY n DESC LIMIT 1")
        return (int(found[0]), bytes(found[1])) if found else (0, first_hash(self.key))

    def rows(self, first: int = 1, *, newest_first: bool = False) -> Iterator[Row]:
        """Yield own rows from number `first` on."""
        order = "DESC" if newest_first else "ASC"
        with database.faults():
            query = f"SELECT bytes FROM own_row WHERE n >= ? ORDER BY n {order}"  # noqa: S608
            for (data,) in self.connection.execute(query, (first,)):
                yield read_row(data)

    def row(self, n: int) -> Row | None:
        """Return one own row."""
        found = self._one("SELECT bytes FROM own_row WHERE n = ?", n)
        return read_row(found[0]) if found else None

    def voided(self) -> frozenset[int]:
        """Return the numbers of own rows that were taken back."""
        with database.faults():
            return frozenset(n for (n,) in self.connection.execute("SELECT n FROM void WHERE till = x''"))

    # What the till writes, inside `deciding`.

    def accept(self, decision: Decision, now: int, amount: int | None, saving: int | None) -> int:
        """Write an accepted use and return its row's number. Green may be shown once `deciding` has ended."""
        n = self._append(decision, now, Kind.ACCEPTED, amount, saving)
        assert decision.voucher is not None and decision.kid is not None and decision.seq is not None
        claims = decision.voucher.claims
        add_use(self.connection, _OWN, n, decision.effective, decision.kid, decision.seq, claims)
        return n

    def refuse(self, decision: Decision, now: int, reason: str | None = None) -> int:
        """Write a refusal that somebody asked to keep."""
        return self._append(decision, now, Kind.REFUSED, reason=reason)

    def void(self, n: int, reason: str, now: int, effective: int, list_version: int) -> int:
        """Take an accepted row back, within ten minutes; return the number of the row that says so.

        Raises:
            NotVoidable: unknown, not an accepted row, taken back already, or too late.
        """
        row = self.row(n)
        if row is None:
            raise NotVoidable(n, "unknown")
        if row.kind is not Kind.ACCEPTED:
            raise NotVoidable(n, "not_accepted")
        if n in self.voided():
            raise NotVoidable(n, "already_void")
        if effective - row.effective > VOID_WITHIN:
            raise NotVoidable(n, "too_late")
        what = Decision(Verdict(row.verdict), effective, list_version=list_version)
        written = self._append(what, now, Kind.VOID, voids=n, reason=reason)
        mark_void(self.connection, _OWN, n)
        return written

    def _append(
        self,
        decision: Decision,
        now: int,
        kind: Kind,
        amount: int | None = None,
        saving: int | None = None,
        voids: int | None = None,
        reason: str | None = None,
    ) -> int:
        n, before = self.last()
        claims = decision.voucher.claims if decision.voucher else None
        row = Row(
            n=n + 1,
            time=now,
            effective=decision.effective,
            kind=kind,
            verdict=decision.verdict.value,
            kid=decision.kid,
            cti=claims.cti if claims else None,
            seq=decision.seq,
            offer=claims.offer if claims else None,
            amount=amount,
            saving=saving,
            offset=decision.offset,
            list_version=decision.list_version,
            evidence=decision.evidence,
            voids=voids,
            reason=reason,
        )
        data = encode_row(row)
        values = (row.n, row.effective, data, next_hash(before, data))
        self.connection.execute("INSERT INTO own_row VALUES (?, ?, ?, ?)", values)
        return row.n

    # The four digits (voucher-v1 §4.4).

    def show(self, digits: int, now: int) -> None:
        """Remember four digits that are shown now; those that are over are forgotten."""
        with self.deciding():
            self.connection.execute("DELETE FROM challenge WHERE drawn < ?", (now - CHALLENGE_LIFE,))
            self.connection.execute("INSERT OR REPLACE INTO challenge VALUES (?, ?)", (digits, now))

    def shows(self, digits: int, now: int) -> bool:
        """Tell whether these digits were shown less than 180 s ago and have not served."""
        found = self._one("SELECT drawn FROM challenge WHERE digits = ?", digits)
        return found is not None and 0 <= now - found[0] <= CHALLENGE_LIFE

    def spend(self, digits: int) -> None:
        """Forget digits that have served, inside `deciding`."""
        self.connection.execute("DELETE FROM challenge WHERE digits = ?", (digits,))

    # The chain.

    def check(self) -> int:
        """Walk the whole chain; return the number of rows that hold.

        Raises:
            JournalDamaged: a row was changed, removed or inserted, or the file itself does not hold.
        """
        value, count = first_hash(self.key), 0
        with database.faults():
            if self._one("PRAGMA quick_check") != ("ok",):
                raise JournalDamaged()
            for n, data, digest in self.connection.execute("SELECT n, bytes, hash FROM own_row ORDER BY n"):
                value, count = next_hash(value, data), count + 1
                if n != count or digest != value or read_row(data).n != n:
                    raise JournalDamaged()
        return count

    def _one(self, query: str, *values: object) -> Any:
        with database.faults():
            return self.connection.execute(query, values).fetchone()


def read_row(data: bytes) -> Row:
    """Read a row that this journal wrote.

    Raises:
        JournalDamaged: it is none.
    """
    try:
        value = cbor.loads(data)
        return Row(*value[:3], Kind(value[3]), *value[4:])  # type: ignore[index, call-arg, misc, arg-type]
    except (VoucherError, TypeError, ValueError, IndexError, KeyError) as fault:
        raise JournalDamaged() from fault


def add_use(
    connection: sqlite3.Connection, till: bytes, n: int, at: int, kid: bytes, seq: int, claims: Claims
) -> None:
    """Count a use of `till` (its public key, empty for this till), also when its void came first."""
    own = till == _OWN
    voided = connection.execute("SELECT 1 FROM void WHERE till = ? AND n = ?", (till, n)).fetchone()
    bearer = claims.holder is None
    connection.execute(
        f"INSERT {'' if own else 'OR IGNORE '}INTO use VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (kid, claims.cti, seq, till, n, at, claims.uses, int(claims.period), bearer, voided is not None),
    )


def mark_void(connection: sqlite3.Connection, till: bytes, n: int) -> None:
    """Take a use back, also when its own row is still to come from another export."""
    connection.execute("INSERT OR IGNORE INTO void VALUES (?, ?)", (till, n))
    connection.execute("UPDATE use SET voided = 1 WHERE till = ? AND n = ?", (till, n))
