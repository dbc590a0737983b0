"""Suspects: the few of millions of rows that are worth a close look, kept from one time to the next.

Rows are narrowed by two aggregations over 64 bits each. What is narrowed away cannot be a finding: equal
(cti, seq) or (cti, period) have equal bits. After a week more, only what the new rows touch is looked for
among the old ones. What is kept can be lost; the answer is the same without it.
"""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from reconcile.rows.query import Query

COLUMNS: Final = (
    "till, n, effective, seq, kid, list, hi, lo, offer, uses, period, bucket, bearer, starts, ends, fault"
)
TAKEN_BACK: Final = "SELECT (till, voids) FROM journal WHERE kind = 2 AND voids IS NOT NULL"
_FILE: Final = "suspects/kept"
_DIGEST: Final = 32  # bytes of SHA-256 before it: a damaged file is a lost one, and hides nothing
_LAYOUT: Final = b"1"  # of what is kept, and of what makes a row a suspect
_SEQ: Final = "xor(hi, seq::UBIGINT)"
_BUCKET: Final = "xor(hi, bucket::UBIGINT)"
# A voucher for one use in all, accepted twice, is over its limit too: the first aggregation leaves it out.
_SHOWN_AGAIN: Final = "NOT bearer AND (uses <> 1 OR period <> 0)"
_KEYS: Final = ("same", "often")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What makes a row worth a close look by itself. Attributes:

    faults: bits of `fault`. prefixes: of revoked ids, 48 bits. kids: of revoked batches and keys.
    suspicious: (till, kid, offer, bearer) that the signed lists do not allow.
    """

    faults: int
    prefixes: frozenset[int] = frozenset()
    kids: frozenset[int] = frozenset()
    suspicious: frozenset[tuple[Any, ...]] = frozenset()

    def __le__(self, other: Wanted) -> bool:
        sets = self.prefixes <= other.prefixes and self.kids <= other.kids
        return self.faults == other.faults and sets and self.suspicious <= other.suspicious

    def beyond(self, other: Wanted) -> Wanted:
        """Return what is wanted here and was not there; faults are of a row and never new."""
        return Wanted(
            0, self.prefixes - other.prefixes, self.kids - other.kids, self.suspicious - other.suspicious
        )


def gather(query: Query, wanted: Wanted) -> None:
    """Make the table `suspect`: accepted rows, not taken back, that are worth a close look.

    All of a voucher's uses that may be too many are in it, and whatever is wanted. The tables `prefixes`,
    `kids` and `suspicious` hold what is wanted.
    """
    _tell(query, wanted, "")
    kept = _Kept.read(query)
    if kept is None or not kept.wanted <= wanted:
        _all(query, wanted)
    elif kept.batches != query.batches or kept.wanted != wanted:
        _more(query, kept, wanted)
    if kept is None or kept.batches != query.batches or kept.wanted != wanted:
        _Kept(query.batches, wanted).write(query)
    query.run(f"DELETE FROM suspect WHERE (till, n) IN ({TAKEN_BACK})")


def _all(query: Query, wanted: Wanted) -> None:
    """Look at every row."""
    query.run(
        f"CREATE OR REPLACE TEMP TABLE same AS SELECT {_SEQ} AS x FROM journal WHERE {_SHOWN_AGAIN}"
        " GROUP BY x HAVING count(*) > 1"
    )
    query.run(
        f"CREATE OR REPLACE TEMP TABLE often AS SELECT {_BUCKET} AS x FROM journal WHERE uses > 0"
        " GROUP BY x HAVING count(*) > min(uses)"
    )
    query.run(
        f"CREATE OR REPLACE TEMP TABLE suspect AS SELECT {COLUMNS} FROM journal"
        f" WHERE kind = 0 AND {_is_suspect(wanted)}"
    )


def _more(query: Query, kept: _Kept, wanted: Wanted) -> None:
    """Look at the new rows, and at the old ones that they touch.

    A key that no new row has counts as before. Of one that a new row has, all old rows are touched.
    """
    query.rows_of_batches("past", kept.batches)
    query.rows_of_batches("fresh", query.batches - kept.batches)
    query.run(f"CREATE TEMP TABLE fresh_seq AS SELECT DISTINCT {_SEQ} AS x FROM fresh WHERE {_SHOWN_AGAIN}")
    query.run(f"CREATE TEMP TABLE fresh_bucket AS SELECT DISTINCT {_BUCKET} AS x FROM fresh WHERE uses > 0")
    beyond = wanted.beyond(kept.wanted)
    _tell(query, beyond, "new_")
    ways = [f"{_SEQ} IN (FROM fresh_seq)", f"{_BUCKET} IN (FROM fresh_bucket)", *_ways(beyond, "new_")]
    _tell(query, kept.wanted, "old_")
    query.run(
        f"CREATE TEMP TABLE touched AS SELECT {COLUMNS} FROM past WHERE kind = 0 AND ({' OR '.join(ways)})"
    )
    # What was a suspect before is in the table already.
    query.run(f"DELETE FROM touched WHERE coalesce({_is_suspect(kept.wanted, 'old_')}, false)")
    query.run(f"CREATE TEMP TABLE before AS SELECT {COLUMNS} FROM suspect")
    both = f"(SELECT {COLUMNS} FROM fresh UNION ALL FROM touched UNION ALL FROM before)"
    query.run(
        f"INSERT INTO same SELECT {_SEQ} AS x FROM {both} WHERE {_SHOWN_AGAIN}"
        f" AND {_SEQ} IN (FROM fresh_seq) GROUP BY x HAVING count(*) > 1"
    )
    query.run(
        f"INSERT INTO often SELECT {_BUCKET} AS x FROM {both} WHERE uses > 0"
        f" AND {_BUCKET} IN (FROM fresh_bucket) GROUP BY x HAVING count(*) > min(uses)"
    )
    query.run(f"INSERT INTO suspect SELECT {COLUMNS} FROM fresh WHERE kind = 0 AND {_is_suspect(wanted)}")
    query.run(f"INSERT INTO suspect SELECT {COLUMNS} FROM touched WHERE {_is_suspect(wanted)}")


def _is_suspect(wanted: Wanted, prefix: str = "") -> str:
    ways = [f"{_SEQ} IN (FROM same)", f"{_BUCKET} IN (FROM often)", *_ways(wanted, prefix)]
    return "(" + " OR ".join(ways) + ")"


def _ways(wanted: Wanted, prefix: str) -> list[str]:
    """Return what is wanted as SQL, over the tables that `_tell` makes."""
    ways = [f"(fault & {wanted.faults}) <> 0"] if wanted.faults else []
    ways += [f"(hi >> 16) IN (FROM {prefix}prefixes)"] if wanted.prefixes else []
    ways += [f"kid IN (FROM {prefix}kids)"] if wanted.kids else []
    ways += [f"(till, kid, offer, bearer) IN (FROM {prefix}suspicious)"] if wanted.suspicious else []
    return ways


def _tell(query: Query, wanted: Wanted, prefix: str) -> None:
    """Put what is wanted into tables."""
    query.table(f"{prefix}prefixes", "x UBIGINT", [(x,) for x in wanted.prefixes])
    query.table(f"{prefix}kids", "kid UINTEGER", [(kid,) for kid in wanted.kids])
    columns = "till UBIGINT, kid UINTEGER, offer BIGINT, bearer BOOLEAN"
    query.table(f"{prefix}suspicious", columns, wanted.suspicious)


@dataclass(frozen=True, slots=True)
class _Kept:
    """For which batches, and for what was wanted, suspects were kept."""

    batches: frozenset[str]
    wanted: Wanted

    @classmethod
    def read(cls, query: Query) -> _Kept | None:
        """Bring the tables back; None when nothing is kept that this version and these rows can use."""
        try:
            data = query.store.get(_FILE) if query.store.exists(_FILE) else b""
        except OSError:
            return None
        if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
            return None
        table = pq.read_table(io.BytesIO(data[_DIGEST:]))
        told = table.schema.metadata or {}
        if told.get(b"layout") != _LAYOUT:
            return None
        head = json.loads(told[b"head"])
        batches = frozenset(head["batches"])
        if not batches <= query.batches:
            return None
        query.keep("suspect", table)
        for name in _KEYS:
            query.keep(name, pa.table({"x": pa.array(json.loads(told[name.encode()]), pa.uint64())}))
        suspicious = frozenset(map(tuple, head["suspicious"]))
        wanted = Wanted(head["faults"], frozenset(head["prefixes"]), frozenset(head["kids"]), suspicious)
        return cls(batches, wanted)

    def write(self, query: Query) -> None:
        """Keep the tables as they are now; a store that takes nothing is asked again next time."""
        head = {
            "batches": sorted(self.batches),
            "faults": self.wanted.faults,
            "prefixes": sorted(self.wanted.prefixes),
            "kids": sorted(self.wanted.kids),
            "suspicious": list(self.wanted.suspicious),
        }
        told = {b"layout": _LAYOUT, b"head": json.dumps(head).encode()}
        for name in _KEYS:
            told[name.encode()] = json.dumps([x for (x,) in query.rows(f"FROM {name}")]).encode()
        out = io.BytesIO()
        pq.write_table(query.arrow("suspect").replace_schema_metadata(told), out, compression="zstd")
        data = out.getvalue()
        with suppress(OSError):
            query.store.put(_FILE, hashlib.sha256(data).digest() + data)
