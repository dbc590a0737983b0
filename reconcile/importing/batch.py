"""One batch of an import: files in, Parquet and an outcome for each file out, in a process of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from reconcile.errors import ExportRefused
from reconcile.importing.damage import locate
from reconcile.rows.columns import ROWS, row_batch
from reconcile.rows.export import Head, Record, Walk, read_head, verify, walk
from reconcile.rows.registry import KnownTill, is_partner, till_number
from reconcile.rows.runs import MARK, Chain, Run
from reconcile.rows.sources import Source
from reconcile.rows.store import Store
from verifier.till.key import fingerprint
from voucher.errors import BadSignature, UpdateApp, VoucherError

_CHUNK: Final = 16_384  # rows held as Python objects at once


@dataclass(frozen=True)
class Accepted:
    """An export that was taken, as the store's ledger keeps it."""

    head: Head
    walk: Walk
    new: int
    other_story: bool
    digest: bytes
    source: Source

    def entry(self) -> dict[str, Any]:
        head, seen = self.head, self.walk
        return {
            "till": till_number(head.key),
            "key": head.key,
            "partner": head.partner,
            "name": head.till,
            "first": head.first,
            "last": head.last,
            "before": head.before,
            "after": head.after,
            "new": self.new,
            "other_story": self.other_story,
            "digest": self.digest,
            "place": self.source.place,
            "size": self.source.size,
            "stamp": self.source.stamp,
            "first_time": seen.first_time,
            "last_time": seen.last_time,
            "newest": seen.newest,
            "list_version": seen.list_version,
            "list_time": seen.list_time,
        }


@dataclass
class Outcome:
    """What became of one file. Attributes:

    accepted: what it brought, or None when it was here already or was refused.
    refusal: why it was refused. deferred: the file, when it contradicts its till and is taken later.
    """

    place: str
    accepted: Accepted | None = None
    refusal: ExportRefused | None = None
    deferred: Source | None = None

    @property
    def new(self) -> int:
        return self.accepted.new if self.accepted else 0


@dataclass
class Task:
    """What one batch needs. Attributes:

    files: of whole tills, in the order in which they are taken. tills, chains: of these tills.
    ends: where the exports of each till end, as their heads say: there they can be compared.
    digests: of all files that are in the store. known: rows of a till that tells two stories, or None.
    """

    files: list[Source] = field(default_factory=list)
    tills: dict[bytes, KnownTill] = field(default_factory=dict)
    chains: dict[int, Chain] = field(default_factory=dict)
    ends: dict[bytes, set[int]] = field(default_factory=dict)
    digests: set[bytes] = field(default_factory=set)
    known: set[Record] | None = None

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def take(store: Store, task: Task, name: str) -> tuple[str, list[Outcome]]:
    """Read the files of a batch, write its rows, and return its name and what became of each file."""
    rows = _Rows()
    outcomes = [_outcome(store, task, source, task.ends, rows) for source in task.files]
    batches = rows.batches()
    if batches:
        store.put_rows(name, pa.Table.from_batches(batches, schema=ROWS))
    return name, outcomes


def _outcome(store: Store, task: Task, source: Source, points: dict[bytes, set[int]], rows: _Rows) -> Outcome:
    try:
        return _take_one(store, task, source, points, rows)
    except ExportRefused as refusal:
        return Outcome(source.place, refusal=refusal)
    except OSError as fault:
        return Outcome(source.place, refusal=ExportRefused("unreadable", why=fault.strerror or str(fault)))


def _take_one(
    store: Store, task: Task, source: Source, points: dict[bytes, set[int]], rows: _Rows
) -> Outcome:
    data = source.read()
    digest = hashlib.sha256(data).digest()
    if digest in task.digests and task.known is None:
        return Outcome(source.place)
    try:
        head = read_head(data)
        verify(data, head)
    except VoucherError as fault:
        raise _refusal(fault, data, task, store) from None
    till = task.tills.get(head.key)
    if till is None and not is_partner(head.partner):
        raise ExportRefused("no_partner")
    if till is None:
        facts = {"partner": head.partner, "till": head.till, "fingerprint": fingerprint(head.key)}
        raise ExportRefused("unknown_till", **facts)
    if till.partner != head.partner:
        raise ExportRefused("other_partner", till=till.name, partner=till.partner, found=head.partner)
    chain = task.chains.setdefault(till.number, Chain())
    if chain.two_stories and task.known is None:
        return Outcome(source.place, deferred=source)
    buffer = _Buffer(till.number, chain.holes(head.first, head.last), task.known)
    try:
        seen = walk(
            data, head, points.get(head.key, set()) | chain.points(head.first, head.last), buffer.keep
        )
    except VoucherError as fault:
        raise _refusal(fault, data, task, store) from None
    run = Run(head.first, head.last, head.before, head.after)
    if task.known is None:
        if chain.contradicts(run, seen.marks):
            return Outcome(source.place, deferred=source)
        chain.add(run, seen.marks)
    task.digests.add(digest)
    rows.take(buffer)
    return Outcome(source.place, Accepted(head, seen, buffer.count, task.known is not None, digest, source))


class _Rows:
    """Rows on their way into columns, of one export or of several: few are Python objects at once."""

    def __init__(self) -> None:
        self._tills: list[int] = []
        self._rows: list[Record] = []
        self._done: list[pa.RecordBatch] = []

    def add(self, till: int, row: Record) -> None:
        self._tills.append(till)
        self._rows.append(row)
        if len(self._rows) >= _CHUNK:
            self._flush()

    def take(self, other: _Rows) -> None:
        """Take all rows of another one: an export's own, once nothing is wrong with it."""
        self._done += other._done
        self._tills += other._tills
        self._rows += other._rows
        if len(self._rows) >= _CHUNK:
            self._flush()

    def batches(self) -> list[pa.RecordBatch]:
        if self._rows:
            self._flush()
        return self._done

    def _flush(self) -> None:
        self._done.append(row_batch(self._tills, self._rows))
        self._tills, self._rows = [], []


class _Buffer(_Rows):
    """Rows of one export: those of the holes, or those that no story has told yet."""

    def __init__(self, till: int, holes: list[tuple[int, int]], known: set[Record] | None) -> None:
        super().__init__()
        self._till = till
        self._holes = holes
        self._known = known
        self.count = 0

    def keep(self, n: int, record: Record) -> None:
        if self._known is not None:
            if record[:-1] in self._known:
                return
        elif not any(first <= n <= last for first, last in self._holes):
            return
        self.add(self._till, record)
        self.count += 1


def _refusal(fault: VoucherError, data: bytes, task: Task, store: Store) -> ExportRefused:
    """Say what is wrong with a file, with its till and its rows as far as they can be told."""
    if isinstance(fault, UpdateApp):
        return ExportRefused("version")
    if not _looks_like_export(data):
        return ExportRefused(_foreign(data))
    head, where = locate(data, lambda head: _marks(head, task, store))
    if head is None:
        return ExportRefused("head_damaged")
    facts = {"till": head.till, "partner": head.partner, "first": head.first, "last": head.last}
    if where is None:
        return ExportRefused("signature" if isinstance(fault, BadSignature) else "ends", **facts)
    if where[0] == where[1]:
        return ExportRefused("row", **{**facts, "n": where[0]})
    return ExportRefused("rows", **facts)


def _marks(head: Head, task: Task, store: Store) -> dict[int, bytes]:
    """Return what is known of a till's rows, to find the one that changed."""
    chain = task.chains.get(till_number(head.key))
    if chain is None or not chain.runs:
        return {}
    from reconcile.rows.query import Query

    with Query(store) as query:
        stored = query.marks_of(till_number(head.key), head.first, head.last)
    return {**stored, **chain.marks, **{run.last: run.after[:MARK] for run in chain.runs}}


def _looks_like_export(data: bytes) -> bool:
    return data[:2] == b"\xd2\x84" and b"cje-journal" in data[:64]


def _foreign(data: bytes) -> str:
    """Name what the file is instead, from its first bytes."""
    start = data[:512]
    if start[:4] == b"PK\x03\x04":
        return "archive"
    if start[:2] == b"\xd2\x84":
        return "unsigned"
    if start.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"{", b"[")):
        return "json"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):  # "Unicode text", as a spreadsheet saves it
        return "csv"
    if b"\0" not in start and (b";" in start or b"," in start or b"\t" in start):
        return "csv"
    return "foreign"
