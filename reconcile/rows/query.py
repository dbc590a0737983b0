"""DuckDB over a store's Parquet: a database in memory, made for one question and forgotten."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable
from types import TracebackType
from typing import Any, Final

import duckdb
import pyarrow as pa

from reconcile.rows.columns import PAIRS, ROWS
from reconcile.rows.export import Record
from reconcile.rows.store import Store, batch_of

MEMORY: Final = "512MB"  # what DuckDB may hold; beyond it goes to disk, in a folder that is removed
_TYPES: Final = {
    "UBIGINT": pa.uint64(),
    "BIGINT": pa.int64(),
    "UINTEGER": pa.uint32(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
}
_RECORD: Final = ", ".join(field.name for field in ROWS if field.name not in ("mark", "till"))


class Query:
    """A connection with the views `journal` (all rows) and `pairs`; use it in a `with`."""

    def __init__(self, store: Store, memory: str = MEMORY, threads: int | None = None) -> None:
        self._spill = tempfile.TemporaryDirectory(prefix="cje-reconcile-")
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "threads": threads or os.cpu_count() or 1,
            "temp_directory": self._spill.name,
            "preserve_insertion_order": False,
        }
        self.connection = duckdb.connect(":memory:", config=settings)
        if not store.local:
            self.connection.register_filesystem(store.fs)
        self.store = store
        self.batches = frozenset(store.batches())
        self._files = store.parts("rows")
        self._view("journal", self._files, ROWS)
        self._view("pairs", store.parts("pairs"), PAIRS)

    def __enter__(self) -> Query:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        self._spill.cleanup()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the answer to a question."""
        return self.connection.execute(sql, values or None).fetchall()

    def run(self, sql: str, *values: Any) -> None:
        """Do something that has no answer."""
        self.connection.execute(sql, values or None)

    def table(self, name: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Make a small table: `columns` as SQL, e.g. `till UBIGINT, n BIGINT`."""
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        kinds = [_TYPES[column.split()[1]] for column in columns.split(", ")]
        listed = list(zip(*rows, strict=True))
        if listed:
            arrays = [pa.array(column, type=kind) for column, kind in zip(listed, kinds, strict=True)]
            self.connection.register("given", pa.table(arrays, names=[f"c{i}" for i in range(len(arrays))]))
            self.connection.execute(f"INSERT INTO {name} SELECT * FROM given")
            self.connection.unregister("given")

    def rows_of_batches(self, name: str, batches: Collection[str]) -> None:
        """Make a view of the rows of some batches."""
        self._view(name, [file for file in self._files if batch_of(file) in batches], ROWS)

    def keep(self, name: str, table: pa.Table) -> None:
        """Make a table of what is given."""
        self.connection.register("given", table)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM given")
        self.connection.unregister("given")

    def arrow(self, name: str) -> pa.Table:
        """Return a table whole."""
        return self.connection.sql(f"FROM {name}").to_arrow_table()

    def marks(self, wanted: list[tuple[int, int]]) -> list[tuple[int, int, bytes]]:
        """Return (till, n, first bytes of hash(n)) of rows."""
        self.table("wanted", "till UBIGINT, n BIGINT", wanted)
        return [
            (till, n, bytes(mark))
            for till, n, mark in self.rows("SELECT till, n, mark FROM journal JOIN wanted USING (till, n)")
        ]

    def marks_of(self, till: int, first: int, last: int) -> dict[int, bytes]:
        """Return the first bytes of hash(n) of a till's rows `first..last`."""
        query = "SELECT n, mark FROM journal WHERE till = ? AND n BETWEEN ? AND ?"
        return {n: bytes(mark) for n, mark in self.rows(query, till, first, last)}

    def rows_of(self, till: int, first: int, last: int) -> set[Record]:
        """Return a till's rows `first..last`, as `export.walk` hands them out, without their hash."""
        query = f"SELECT {_RECORD} FROM journal WHERE till = ? AND n BETWEEN ? AND ?"
        return set(self.rows(query, till, first, last))

    def _view(self, name: str, files: list[str], schema: pa.Schema) -> None:
        if files:
            listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
            # The folder's name repeats `week` as a date, for whoever reads the store with another engine.
            source = f"read_parquet([{listed}], hive_partitioning = false)"
            self.connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")
        else:
            self.connection.register(f"no_{name}", schema.empty_table())
            self.connection.execute(f"CREATE VIEW {name} AS SELECT * FROM no_{name}")
