"""Where reconciliation keeps what it derived: Parquet in a folder or an object store, and nothing else.

STORE/
├── tills.toml               the tills that the operator knows: keep it
├── known/                   signed lists, roots, catalogue: what rows are compared with
├── rows/week=…/BATCH.parquet    one row per journal row, partitioned by week
├── pairs/BATCH.parquet          what the rows have in common
├── exports/BATCH.parquet        which exports they came from: written last, it makes the batch count
└── suspects/kept                what the last report has narrowed the rows to

`rows`, `pairs`, `exports` and `suspects` can be lost: importing again gives the same answers. A batch without
its file in `exports` was never finished and is not read.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from cje.files import Disk
from reconcile.errors import StoreRefused
from reconcile.rows.columns import EXPORTS, by_week, pair_table
from reconcile.rows.registry import HEADER, KnownTill, read_tills, written
from voucher.civil import day_of

_ROWS_IN_GROUP: Final = 262_144


class Store:
    """A store at a path or an fsspec URL (`s3://…`, `memory://…`)."""

    def __init__(self, place: str) -> None:
        from fsspec.core import url_to_fs

        self.place = place
        self.fs: Any
        self.root: str
        self.fs, self.root = url_to_fs(place)
        self.local = "file" in (
            self.fs.protocol if isinstance(self.fs.protocol, tuple) else (self.fs.protocol,)
        )

    @classmethod
    def create(cls, place: str) -> Store:
        """Begin an empty store.

        Raises:
            StoreRefused: one is there already.
        """
        store = cls(place)
        if store.exists("tills.toml"):
            raise StoreRefused("exists", place=place)
        store.put("tills.toml", HEADER.encode())
        return store

    @classmethod
    def open(cls, place: str) -> Store:
        """Open a store.

        Raises:
            StoreRefused: there is none.
        """
        store = cls(place)
        if not store.exists("tills.toml"):
            raise StoreRefused("absent", place=place)
        return store

    # Files.

    def path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def exists(self, name: str) -> bool:
        return bool(self.fs.exists(self.path(name)))

    def put(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all; on a disk it is durable afterwards."""
        if self.local:
            path = Path(self.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            Disk().replace(path, data)
        else:
            self.fs.makedirs(self.path(name).rpartition("/")[0], exist_ok=True)
            self.fs.pipe_file(self.path(name), data)

    def get(self, name: str) -> bytes:
        data: bytes = self.fs.cat_file(self.path(name))
        return data

    def names(self, folder: str) -> list[str]:
        """Return the files below a folder, by their name in the store, sorted."""
        if not self.fs.exists(self.path(folder)):
            return []
        self.fs.invalidate_cache()
        start = len(self.root) + 1
        return sorted(path[start:] for path in self.fs.find(self.path(folder)))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the store for one import; on an object store nobody can, and batches do not collide.

        Raises:
            StoreRefused: another import runs.
        """
        if not self.local or os.name != "posix":
            yield
            return
        import fcntl

        with Path(self.path(".lock")).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreRefused("busy", place=self.place) from None
            yield

    # Tills.

    def tills(self) -> dict[bytes, KnownTill]:
        """Return the known tills by public key.

        Raises:
            FileRefused: the registry cannot be read.
        """
        return read_tills(self.get("tills.toml").decode(), self.path("tills.toml"))

    def add_till(self, till: KnownTill) -> None:
        """Add a till at the end of the registry; what a person wrote there stays."""
        text = self.get("tills.toml").decode() + written(till)
        read_tills(text, self.path("tills.toml"))
        self.put("tills.toml", text.encode())

    # Batches.

    def batches(self) -> list[str]:
        """Return the batches that count."""
        return [batch_of(name) for name in self.names("exports")]

    def parts(self, kind: str) -> list[str]:
        """Return the files of `rows`, `pairs` or `exports` that count, for DuckDB."""
        finished = set(self.batches())
        stem = {name: batch_of(name) for name in self.names(kind)}
        prefix = "" if self.local else f"{self._protocol()}://"
        return [prefix + self.path(name) for name, batch in stem.items() if batch in finished]

    def put_rows(self, batch: str, rows: pa.Table) -> None:
        """Write a batch's rows; they count once `finish` is called."""
        for week, part in by_week(rows):
            day = day_of(week) if week else date(1970, 1, 1)
            self.put(f"rows/week={day.isoformat()}/{batch}.parquet", _parquet(part))
        self.put(f"pairs/{batch}.parquet", _parquet(pair_table(rows)))

    def finish(self, batch: str, exports: pa.Table) -> None:
        """Make a batch count."""
        self.put(f"exports/{batch}.parquet", _parquet(exports))

    def exports(self) -> list[dict[str, Any]]:
        """Return all exports that were imported."""
        found: list[dict[str, Any]] = []
        for name in self.names("exports"):
            found += pq.read_table(io.BytesIO(self.get(name)), schema=EXPORTS, use_threads=False).to_pylist()
        return found

    def sweep(self) -> None:
        """Remove what unfinished imports have left."""
        finished = set(self.batches())
        for name in (*self.names("rows"), *self.names("pairs")):
            if batch_of(name) not in finished:
                self.fs.rm_file(self.path(name))

    def _protocol(self) -> str:
        protocol = self.fs.protocol
        return protocol if isinstance(protocol, str) else str(protocol[0])


def batch_of(name: str) -> str:
    """Return the batch of a file, by its name."""
    return name.rpartition("/")[2].removesuffix(".parquet")


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", compression_level=1, row_group_size=_ROWS_IN_GROUP)
    return out.getvalue()
