"""The columns of rows and exports in Parquet. What is not needed to reconcile is not kept: no evidence.

Evidence stays in the exports, where a proof finds it again (`proof`); rows without it are a fifth as large.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.rows.export import Record

# In the order of `export.Record`. Times in seconds since 1970, money in cents, `hi` and `lo` the halves of
# cti, `bucket` and `week` the first second of the voucher's period and of the week in Paris.
ROW_FIELDS: Final = (
    ("n", pa.int64()),
    ("time", pa.int64()),
    ("effective", pa.int64()),
    ("kind", pa.uint8()),
    ("verdict", pa.string()),
    ("kid", pa.uint32()),
    ("hi", pa.uint64()),
    ("lo", pa.uint64()),
    ("seq", pa.int64()),
    ("offer", pa.int64()),
    ("amount", pa.int64()),
    ("saving", pa.int64()),
    ("list", pa.int64()),
    ("shift", pa.int64()),  # phone minus till, `offset` in the journal
    ("voids", pa.int64()),
    ("uses", pa.uint8()),
    ("period", pa.uint8()),
    ("bucket", pa.uint32()),
    ("week", pa.uint32()),
    ("starts", pa.uint32()),
    ("ends", pa.uint32()),
    ("bearer", pa.bool_()),
    ("fault", pa.uint8()),
    ("mark", pa.binary(16)),  # the first half of hash(n)
)
ROWS: Final = pa.schema([*ROW_FIELDS, ("till", pa.uint64())])

EXPORTS: Final = pa.schema(
    [
        ("till", pa.uint64()),
        ("key", pa.binary(32)),
        ("partner", pa.string()),
        ("name", pa.string()),
        ("first", pa.int64()),
        ("last", pa.int64()),
        ("before", pa.binary(32)),
        ("after", pa.binary(32)),
        ("new", pa.int64()),  # rows that this export brought
        ("other_story", pa.bool_()),  # it contradicts what this till had signed before
        ("digest", pa.binary(32)),  # SHA-256 of the file
        ("place", pa.string()),
        ("size", pa.int64()),
        ("stamp", pa.string()),  # what the file system says of the file's version
        ("first_time", pa.int64()),
        ("last_time", pa.int64()),
        ("newest", pa.int64()),
        ("list_version", pa.int64()),
        ("list_time", pa.int64()),
    ]
)

# One line for each (till, key, offer, list): what is compared with signed lists, far fewer than rows.
PAIRS: Final = pa.schema(
    [
        ("till", pa.uint64()),
        ("kid", pa.uint32()),
        ("offer", pa.int64()),
        ("list", pa.int64()),
        ("bearer", pa.bool_()),
        ("count", pa.int64()),
        ("from", pa.int64()),
        ("to", pa.int64()),
        ("starts_from", pa.uint32()),
        ("starts_to", pa.uint32()),
        ("ends_to", pa.uint32()),
    ]
)


def row_batch(tills: list[int], records: list[Record]) -> pa.RecordBatch:
    """Return rows, each with its till, as columns."""
    columns = [
        pa.array(column, type=kind)
        for column, (_, kind) in zip(zip(*records, strict=True), ROW_FIELDS, strict=True)
    ]
    return pa.RecordBatch.from_arrays([*columns, pa.array(tills, type=pa.uint64())], schema=ROWS)


def export_table(entries: Iterable[dict[str, Any]]) -> pa.Table:
    """Return exports as columns."""
    return pa.Table.from_pylist(list(entries), schema=EXPORTS)


def pair_table(rows: pa.Table) -> pa.Table:
    """Return what accepted rows have in common, by till, key, offer and list."""
    accepted = rows.filter(pc.equal(rows["kind"], 0))
    wanted = [
        ("n", "count"),
        ("effective", "min"),
        ("effective", "max"),
        ("starts", "min"),
        ("starts", "max"),
        ("ends", "max"),
    ]
    keys = ["till", "kid", "offer", "list", "bearer"]
    found = accepted.group_by(keys, use_threads=False).aggregate(wanted)
    names = ["n_count", "effective_min", "effective_max", "starts_min", "starts_max", "ends_max"]
    return pa.table([found[name] for name in (*keys, *names)], names=PAIRS.names).cast(PAIRS)


def by_week(rows: pa.Table) -> Iterable[tuple[int, pa.Table]]:
    """Yield (first second of a week, its rows)."""
    for week in sorted(pc.unique(rows["week"]).to_pylist()):
        yield week, rows.filter(pc.equal(rows["week"], week))
