"""A till's journal: append-only rows in one hash chain, and the uses that they make (journal-v1).

A decision and its row stand in one transaction that holds the journal alone, in as many processes as one
likes, and the unique key on (kid, cti, seq) among accepted rows has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from verifier.decision import Decision
from verifier.errors import JournalDamaged, NotVoidable
from verifier.till.database import Database
from verifier.verdict import Verdict
from verifier.views import Use
from voucher import cbor, short_code
from voucher.caps import CHALLENGE_LIFE, MAX_VALIDITY
from voucher.claims import Claims, Period
from voucher.errors import VoucherError
from voucher.journal import Kind, Row, encode_row, first_hash, next_hash

VOID_WITHIN: Final = 600  # seconds: long enough for a mistake at the counter, too short to free a use at home
TYPED_KID: Final = b""  # no issuing key's: a typed code names a voucher by its tag alone
_PAGE: Final = 1000  # rows read at once: a journal of a million is walked in little memory
_USES: Final = (
    "SELECT use.n, seq, at, CASE WHEN use.till = ? THEN '' ELSE coalesce(name, '') END"
    " FROM use LEFT JOIN till ON till.key = use.till WHERE voided = 0"
)
_HEAD: Final = (
    "SELECT floor, purged, till.hash, n, own_row.hash, effective FROM till LEFT JOIN own_row"
    " ON own_row.till = till.key AND n = (SELECT max(n) FROM own_row WHERE till = till.key) WHERE key = ?"
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a till's chain ends.

    Attributes:
        n, hash: of the newest own row, also when it is gone; 0 and hash(0) before the first.
        seen: the newest time of the journal, seconds since 1970 (trust-v1 §6); 0 without one.
    """

    n: int
    hash: bytes
    seen: int


class Journal:
    """The journal of the till whose public key is `key`. It is a `UsesView`, neighbours' uses included."""

    def __init__(self, database: Database, key: bytes) -> None:
        self.database = database
        self.key = key
        self._held: Head | None = None
        self._holds = False

    @classmethod
    def begin(cls, database: Database, key: bytes, name: str) -> Journal:
        """Enter a new till, whose chain begins at its key."""
        with database.deciding():
            values = (key, name, 1, 0, first_hash(key), 0, 0)
            # A till that was only a neighbour here may be set up here later: a row of ours under its key.
            database.write("DELETE FROM till WHERE key = ? AND local = 0", key)
            database.write("INSERT INTO till VALUES (?, ?, ?, ?, ?, ?, ?)", *values)
        return cls(database, key)

    @classmethod
    def open(cls, database: Database, key: bytes) -> Journal:
        """Return the journal of a till that was entered.

        Raises:
            JournalDamaged: it was not, so that these are not the rows that this till has written.
        """
        if not database.read("SELECT 1 FROM till WHERE key = ? AND local = 1", key):
            raise JournalDamaged()
        return cls(database, key)

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Hold the journal alone until the block ends; a block that raises leaves no trace."""
        with self.database.deciding():
            self._holds = True
            try:
                yield
            finally:
                self._holds, self._held = False, None

    # What the till knows.

    def accepted(self, kid: bytes, cti: bytes) -> Sequence[Use]:
        """Return the uses of a voucher, here and at the neighbours that were merged, voided ones left out."""
        # Typed, it was named by 20 bits only: one stranger in a million is counted with it.
        name = typed_name(short_code.tag_of(cti))
        rows = self.database.read(
            f"{_USES} AND (kid = ? AND cti = ? OR kid = ? AND cti = ?)", self.key, kid, cti, TYPED_KID, name
        )
        return [Use(*row) for row in rows]

    def named(self, tag: int, kids: Sequence[bytes]) -> tuple[Sequence[Use], Sequence[Row]]:
        """Return the uses of all vouchers that a tag may name, and the rows of those that were scanned.

        A till that has signed two rows under one number may add a row of another voucher.
        """
        low, high = tag_range(tag)
        name = typed_name(tag)
        uses, rows = self._uses(TYPED_KID, name, name), list[Row]()
        for kid in kids:
            uses += self._uses(kid, low, high)
            for local, table in ((1, "own_row"), (0, "neighbour_row")):
                found = self.database.read(
                    f"SELECT bytes FROM use JOIN {table} USING (till, n) WHERE kid = ?"  # noqa: S608
                    " AND cti BETWEEN ? AND ? AND voided = 0 AND local = ? ORDER BY cti, till, n",
                    *(kid, low, high, local),
                )
                rows += [read_row(data) for (data,) in found]
        return uses, rows

    def _uses(self, kid: bytes, low: bytes, high: bytes) -> list[Use]:
        rows = self.database.read(f"{_USES} AND kid = ? AND cti BETWEEN ? AND ?", self.key, kid, low, high)
        return [Use(*row) for row in rows]

    def head(self) -> Head:
        """Return where the chain ends; read once inside `deciding`, where nobody else can write.

        Raises:
            JournalDamaged: this till is not entered here.
        """
        if self._held is not None:
            return self._held
        row = self._one(_HEAD, self.key)
        if row is None:
            raise JournalDamaged()
        floor, purged, base, n, value, effective = row
        head = Head(purged, base, floor) if n is None else Head(n, value, max(floor, effective))
        self._held = head if self._holds else None
        return head

    def seen(self) -> int:
        """Return the effective time of the newest own row, gone or not; 0 without one (trust-v1 §6)."""
        return self.head().seen

    def last(self) -> tuple[int, bytes]:
        """Return (n, hash) of the newest own row."""
        head = self.head()
        return head.n, head.hash

    def base(self) -> tuple[int, bytes]:
        """Return (n, hash) of the newest own row that is gone; (0, hash(0)) while none is."""
        n, value = self._one("SELECT purged, hash FROM till WHERE key = ?", self.key)
        return n, value

    def rows(self, first: int = 1) -> Iterator[Row]:
        """Yield own rows from number `first` on."""
        for _, data, _ in self.stored(first):
            yield read_row(data)

    def newest(self, count: int) -> list[Row]:
        """Return the last own rows, the newest first."""
        query = "SELECT bytes FROM own_row WHERE till = ? ORDER BY n DESC LIMIT ?"
        return [read_row(data) for (data,) in self.database.read(query, self.key, count)]

    def stored(self, first: int = 1) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield (n, bytes, hash) of own rows from number `first` on."""
        query = "SELECT n, bytes, hash FROM own_row WHERE till = ? AND n >= ? ORDER BY n LIMIT ?"
        while page := self.database.read(query, self.key, first, _PAGE):
            yield from page
            first = page[-1][0] + 1

    def row(self, n: int) -> Row | None:
        """Return one own row."""
        found = self._one("SELECT bytes FROM own_row WHERE till = ? AND n = ?", self.key, n)
        return read_row(found[0]) if found else None

    def voided(self) -> frozenset[int]:
        """Return the numbers of own rows that were taken back."""
        rows = self.database.read("SELECT n FROM void WHERE till = ? AND local = 1", self.key)
        return frozenset(n for (n,) in rows)

    # What the till writes, inside `deciding`.

    def accept(self, decision: Decision, now: int, amount: int | None, saving: int | None) -> int:
        """Write an accepted use and return its row's number. Green may be shown once `deciding` has ended."""
        n = self._append(decision, now, Kind.ACCEPTED, amount, saving)
        database, key, at, typed = self.database, self.key, decision.effective, decision.typed
        if typed is not None:
            add_typed_use(database, key, n, at, typed.tag, typed.week, local=True)
            return n
        assert decision.voucher is not None and decision.kid is not None and decision.seq is not None
        add_use(database, key, n, at, decision.kid, decision.seq, decision.voucher.claims, local=True)
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
        if self._one("SELECT 1 FROM void WHERE till = ? AND n = ? AND local = 1", self.key, n):
            raise NotVoidable(n, "already_void")
        if effective - row.effective > VOID_WITHIN:
            raise NotVoidable(n, "too_late")
        what = Decision(Verdict(row.verdict), effective, list_version=list_version)
        written = self._append(what, now, Kind.VOID, voids=n, reason=reason)
        mark_void(self.database, self.key, n, local=True)
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
        head = self.head()
        claims = decision.voucher.claims if decision.voucher else None
        named = decision.offer.number if decision.typed and decision.offer else None
        row = Row(
            n=head.n + 1,
            time=now,
            effective=decision.effective,
            kind=kind,
            verdict=decision.verdict.value,
            kid=decision.kid,
            cti=claims.cti if claims else None,
            seq=decision.seq,
            offer=claims.offer if claims else named,
            amount=amount,
            saving=saving,
            offset=decision.offset,
            list_version=decision.list_version,
            evidence=decision.evidence,
            voids=voids,
            reason=reason,
        )
        data = encode_row(row)
        value = next_hash(head.hash, data)
        self.database.write(
            "INSERT INTO own_row VALUES (?, ?, ?, ?, ?)", self.key, row.n, row.effective, data, value
        )
        self._held = Head(row.n, value, max(head.seen, row.effective))
        return row.n

    # The four digits (voucher-v1 §4.4).

    def show(self, digits: int, now: int) -> None:
        """Remember four digits that are shown now; those that are over are forgotten."""
        with self.deciding():
            self.database.write("DELETE FROM challenge WHERE drawn < ?", now - CHALLENGE_LIFE)
            self.database.write(
                "INSERT INTO challenge VALUES (?, ?, ?)"
                " ON CONFLICT (till, digits) DO UPDATE SET drawn = excluded.drawn",
                self.key,
                digits,
                now,
            )

    def shows(self, digits: int, now: int) -> bool:
        """Tell whether these digits were shown less than 180 s ago and have not served."""
        found = self._one("SELECT drawn FROM challenge WHERE till = ? AND digits = ?", self.key, digits)
        return found is not None and 0 <= now - found[0] <= CHALLENGE_LIFE

    def spend(self, digits: int) -> None:
        """Forget digits that have served, inside `deciding`."""
        self.database.write("DELETE FROM challenge WHERE till = ? AND digits = ?", self.key, digits)

    # The chain.

    def check(self) -> int:
        """Walk the whole chain; return the number of rows that hold.

        Raises:
            JournalDamaged: a row was changed, removed or inserted, or the file itself does not hold.
        """
        self.database.check()
        start, value = self.base()
        count = start
        for n, data, digest in self.stored():
            value, count = next_hash(value, data), count + 1
            if n != count or digest != value or read_row(data).n != n:
                raise JournalDamaged()
        return count - start

    def _one(self, query: str, *values: object) -> Any:
        found = self.database.read(query, *values)
        return found[0] if found else None


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
    database: Database, till: bytes, n: int, at: int, kid: bytes, seq: int, claims: Claims, *, local: bool
) -> None:
    """Count a use of a till, by its public key, also when its void came first."""
    terms = (claims.uses, int(claims.period), int(claims.holder is None), claims.expires)
    _add_use(database, (till, n, int(local)), at, (kid, claims.cti, seq), terms)


def add_typed_use(
    database: Database, till: bytes, n: int, at: int, tag: int, week: int, *, local: bool
) -> None:
    """Count a typed use; the code does not say when its voucher ends, but none lives longer than this."""
    terms = (1, int(Period.WEEK), 0, at + MAX_VALIDITY)
    _add_use(database, (till, n, int(local)), at, (TYPED_KID, typed_name(tag), -week), terms)


def tag_range(tag: int) -> tuple[bytes, bytes]:
    """Return the least and the greatest cti that a tag of 20 bits names."""
    return (tag << 4).to_bytes(3) + bytes(13), (tag << 4 | 15).to_bytes(3) + b"\xff" * 13


def typed_name(tag: int) -> bytes:
    """Return what stands in the place of the cti of a typed use."""
    return (tag << 4).to_bytes(3)


def _add_use(
    database: Database,
    row: tuple[bytes, int, int],
    at: int,
    use: tuple[bytes, bytes, int],
    terms: tuple[int, int, int, int],
) -> None:
    voided, again = False, ""
    if not row[2]:  # what this till accepts now, nobody has taken back yet
        voided = bool(database.read("SELECT 1 FROM void WHERE till = ? AND n = ? AND local = 0", *row[:2]))
        again = " ON CONFLICT DO NOTHING"
    database.write(
        f"INSERT INTO use VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?){again}",  # noqa: S608
        *(*use, *row, at, *terms, int(voided)),
    )


def mark_void(database: Database, till: bytes, n: int, *, local: bool) -> None:
    """Take a use back, also when its own row is still to come from another export."""
    database.write("INSERT INTO void VALUES (?, ?, ?) ON CONFLICT DO NOTHING", till, n, int(local))
    query = "UPDATE use SET voided = 1 WHERE till = ? AND n = ? AND local = ?"
    database.write(query, till, n, int(local))
