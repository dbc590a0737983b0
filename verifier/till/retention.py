"""How long a journal is kept, and how its oldest rows go without anything coming back (journal-v1 §4).

Two things must not happen: a row that nobody has exported is lost, and a voucher that was used becomes
usable again. So only exported rows go, the oldest first; and a use is forgotten only once its voucher has
ended by the newest time that every till of the journal has seen, which never goes back: not by the clock,
which may.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.till.journal import Journal

DAY: Final = 86_400
KEEP_DAYS: Final = 400  # the longest life of a voucher (voucher-v1 §2.3): by then its use is a closed matter
LEAST_DAYS: Final = 31  # a month's statement can still be recomputed


@dataclass(frozen=True, slots=True)
class Purged:
    """What went. Attributes:

    rows: of this till. neighbours: of others, taken from exports. uses: of vouchers that have ended.
    waiting: own rows old enough to go that no export holds yet.
    """

    rows: int
    neighbours: int
    uses: int
    waiting: int


def mark_exported(journal: Journal, first: int, last: int) -> None:
    """Remember that own rows up to `last` were handed out, if none before them is missing."""
    start, _ = journal.base()
    with journal.deciding():
        journal.database.write(
            "UPDATE till SET exported = ? WHERE key = ? AND exported < ? AND exported >= ?",
            *(last, journal.key, last, 0 if first <= start + 1 else first - 1),
        )


def purge(journal: Journal, floor: int, keep: int) -> Purged:
    """Let rows go that are more than `keep` seconds before `floor`, the newest time this till saw."""
    database, key, before = journal.database, journal.key, floor - keep
    with journal.deciding():
        ((exported,),) = database.read("SELECT exported FROM till WHERE key = ?", key)
        old = "FROM own_row WHERE till = ? AND effective < ?"
        last = database.read(
            f"SELECT n, hash {old} AND n <= ? ORDER BY n DESC LIMIT 1", key, before, exported
        )
        database.write("UPDATE till SET floor = ? WHERE key = ? AND floor < ?", floor, key, floor)
        rows = 0
        if last:
            ((n, value),) = last
            database.write("UPDATE till SET purged = ?, hash = ? WHERE key = ?", n, value, key)
            rows = database.write("DELETE FROM own_row WHERE till = ? AND n <= ?", key, n)
        neighbours = database.write("DELETE FROM neighbour_row WHERE effective < ?", before)
        # One till of the shop that has seen less would accept again what another one forgets.
        ((least,),) = database.read("SELECT min(floor) FROM till WHERE local = 1")
        uses = database.write("DELETE FROM use WHERE expires <= ?", least)
        ((waiting,),) = database.read(f"SELECT count(*) {old}", key, before)
    return Purged(rows, neighbours, uses, waiting)
