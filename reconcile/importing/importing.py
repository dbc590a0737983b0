"""Import: every file is read once, verified once, and brings the rows that were not here yet.

Files are grouped by till and the groups by size; a group becomes one batch, in a process of its own when
there is enough to do. What an import has brought does not depend on the order or the names of files.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any, Final

from reconcile.errors import ExportRefused
from reconcile.importing.batch import Accepted, Outcome, Task, take
from reconcile.rows.columns import export_table
from reconcile.rows.export import Head, read_head
from reconcile.rows.registry import KnownTill, till_number
from reconcile.rows.runs import Chain, Run
from reconcile.rows.sources import Source
from reconcile.rows.store import Store
from voucher.errors import VoucherError

Progress = Callable[[int, int], None]

_BATCH: Final = 96 * 2**20  # bytes of exports in one batch: about 300,000 rows, 200 MB of memory
_LEAST: Final = 8 * 2**20
_ALONE: Final = 64 * 2**20  # 200,000 rows, five seconds: below it more processes cost more than they bring


@dataclass
class Imported:
    """What an import did, file by file. Attributes:

    outcomes: one for each file, sorted by place. rows: that were new. known: files that were here already.
    """

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(outcome.new for outcome in self.outcomes)

    @property
    def known(self) -> int:
        return sum(outcome.refusal is None and not outcome.new for outcome in self.outcomes)

    @property
    def refused(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.refusal is not None]


@dataclass
class _Ledger:
    """What the store holds already."""

    stamps: set[tuple[str, int, str]] = field(default_factory=set)
    digests: set[bytes] = field(default_factory=set)
    sizes: set[int] = field(default_factory=set)
    chains: dict[int, Chain] = field(default_factory=lambda: defaultdict(Chain))

    def take(self, entry: dict[str, Any]) -> None:
        self.stamps.add((entry["place"], entry["size"], entry["stamp"]))
        self.digests.add(entry["digest"])
        self.sizes.add(entry["size"])
        chain = self.chains[entry["till"]]
        chain.two_stories |= entry["other_story"]
        chain.runs.append(Run(entry["first"], entry["last"], entry["before"], entry["after"]))


def import_exports(
    store: Store,
    sources: Iterable[Source],
    *,
    processes: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Imported:
    """Take exports into a store; what cannot be taken is reported, and the others count.

    Args:
        processes: how many at once; by default one for each processor, when there is enough to do.
        progress: told (bytes done, bytes in all).

    Raises:
        StoreRefused: another import runs. FileRefused: the registry of tills cannot be read.
    """
    with store.alone():
        store.sweep()
        tills = store.tills()
        ledger = _Ledger()
        for entry in store.exports():
            ledger.take(entry)
        done = Imported()
        pending = [(source, _head(source)) for source in _unseen(sources, ledger, done)]
        _add_marks(store, ledger, [head for _, head in pending if head is not None])
        total, so_far = sum(source.size for source, _ in pending), 0
        workers = 1 if total < _ALONE else processes or os.cpu_count() or 1
        tasks = _tasks(pending, tills, ledger, workers)
        for task, outcomes in _run(store, tasks, workers):
            done.outcomes += outcomes
            so_far += task.size
            progress(so_far, total)
        _second_stories(store, tills, done)
    done.outcomes.sort(key=lambda outcome: outcome.place)
    return done


def _unseen(sources: Iterable[Source], ledger: _Ledger, done: Imported) -> Iterator[Source]:
    """Yield the files that were not imported as they are; a place given twice counts once."""
    places = set()
    for source in sources:
        if source.place in places:
            continue
        places.add(source.place)
        if (source.place, source.size, source.stamp) in ledger.stamps or _moved(source, ledger):
            done.outcomes.append(Outcome(source.place))
        else:
            yield source


def _moved(source: Source, ledger: _Ledger) -> bool:
    """Tell whether a file is one that is known under another name: of a known size, and the same bytes."""
    if source.size not in ledger.sizes:
        return False
    try:
        return hashlib.sha256(source.read()).digest() in ledger.digests
    except (OSError, ExportRefused):
        return False


def _head(source: Source) -> Head | None:
    """Read a file's head to know its till; whatever it says is verified when the file is taken."""
    try:
        return read_head(source.peek())
    except (VoucherError, OSError):
        return None


def _add_marks(store: Store, ledger: _Ledger, heads: list[Head]) -> None:
    """Look up the hashes of rows at which a new export ends inside a run that is known."""
    wanted = set()
    for head in heads:
        till = till_number(head.key)
        chain = ledger.chains.get(till)
        if chain is not None and any(run.first <= head.last < run.last for run in chain.runs):
            wanted.add((till, head.last))
    if wanted:
        from reconcile.rows.query import Query

        with Query(store) as query:
            for till, n, mark in query.marks(sorted(wanted)):
                ledger.chains[till].marks[n] = mark


def _tasks(
    pending: list[tuple[Source, Head | None]], tills: dict[bytes, KnownTill], ledger: _Ledger, workers: int
) -> list[Task]:
    """Group files by till, and tills by size."""
    by_till: dict[bytes, list[tuple[int, int, Source]]] = defaultdict(list)
    for source, head in pending:
        key, first, last = (head.key, head.first, -head.last) if head else (b"", 0, 0)
        by_till[key].append((first, last, source))
    total = sum(source.size for source, _ in pending)
    wanted = min(_BATCH, max(_LEAST, total // (workers * 4) if workers > 1 else total))
    tasks, task = [], Task()
    for key in sorted(by_till):
        files = [source for _, _, source in sorted(by_till[key], key=lambda f: (f[0], f[1], f[2].place))]
        task.files += files
        task.ends[key] = {n for first, last, _ in by_till[key] for n in (first - 1, -last)}
        if key in tills:
            task.tills[key] = tills[key]
            task.chains[till_number(key)] = ledger.chains.get(till_number(key), Chain())
        if task.size >= wanted:
            tasks.append(task)
            task = Task()
    tasks += [task] if task.files else []
    for task in tasks:
        task.digests = ledger.digests
    return tasks


def _run(store: Store, tasks: list[Task], workers: int) -> Iterator[tuple[Task, list[Outcome]]]:
    workers = min(len(tasks), workers)
    if workers <= 1:
        for task in tasks:
            yield task, _finish(store, take(store, task, _name(task)))
        return
    # Forking a process that has threads (Arrow's, DuckDB's) may lock it for good.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        running = {pool.submit(_take_at, store.place, task, _name(task)): task for task in tasks}
        for future in as_completed(running):
            yield running[future], _finish(store, future.result())


def _take_at(place: str, task: Task, name: str) -> tuple[str, list[Outcome]]:
    return take(Store(place), task, name)


def _finish(store: Store, made: tuple[str, list[Outcome]]) -> list[Outcome]:
    """Make a batch count, once its rows are where they belong."""
    name, outcomes = made
    entries = [outcome.accepted.entry() for outcome in outcomes if isinstance(outcome.accepted, Accepted)]
    if entries:
        store.finish(name, export_table(entries))
    return outcomes


def _name(task: Task) -> str:
    """A batch's name: of its files as they are now, so that two imports never write one name."""
    facts = "\n".join(f"{file.place}\0{file.size}\0{file.stamp}" for file in task.files)
    return hashlib.sha256(facts.encode()).hexdigest()[:24]


def _second_stories(store: Store, tills: dict[bytes, KnownTill], done: Imported) -> None:
    """Take the exports that contradict their till, one after another: both stories count."""
    waiting = [outcome for outcome in done.outcomes if outcome.deferred is not None]
    if not waiting:
        return
    from reconcile.rows.query import Query

    for outcome in sorted(waiting, key=lambda outcome: outcome.place):
        source = outcome.deferred
        assert source is not None
        head = read_head(source.read())
        with Query(store) as query:
            known = query.rows_of(till_number(head.key), head.first, head.last)
        task = Task([source], {head.key: tills[head.key]}, known=known)
        _, outcomes = take(store, task, _name(task))
        done.outcomes.remove(outcome)
        done.outcomes += _finish(store, (_name(task), outcomes))
