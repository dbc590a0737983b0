"""Reconciliation of millions of rows from thousands of tills, beside the one query that it cannot do without.

`CJE_ROWS` scales it (100,000 by default; the figures of the project are at 10,000,000), `CJE_TILLS` and
`CJE_BENCH_FOLDER` (a disk with 1 GB for each million rows; kept, and used again, when it is given) too.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from bench.figures import Figure, report
from cje.demo.town import build
from cje.demo.town.build import Town, compare
from reconcile.findings import findings, health, reference_data
from reconcile.findings.reference_data import read_known
from reconcile.findings.report import make
from reconcile.importing.importing import Imported, import_exports
from reconcile.printing.printing import report_json
from reconcile.rows.query import Query
from reconcile.rows.sources import find
from reconcile.rows.store import Store

ROWS = int(os.environ.get("CJE_ROWS", "100000"))
TILLS = int(os.environ.get("CJE_TILLS", str(max(20, min(2_000, ROWS // 5_000)))))
FOLDER = os.environ.get("CJE_BENCH_FOLDER")
FULL = ROWS >= 1_000_000  # below it, starting costs more than the work, and shares of it say nothing
BARE = "SELECT kid, hi, lo, seq, count(*) FROM journal WHERE kind = 0 GROUP BY ALL HAVING count(*) > 1"


def main() -> bool:
    """Make the town, import it, find everything, import it again, import one week more."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(FOLDER or scratch) / f"town-{ROWS}-{TILLS}"
        planted = _town(folder)
        shutil.rmtree(folder / "store", ignore_errors=True)
        _begin(folder)
        figures = _measure(folder, planted)
    return report(f"Reconciliation: {ROWS:,} rows, {TILLS:,} tills, {os.cpu_count()} processors", figures)


def _town(folder: Path) -> dict[str, Any]:
    """Write the exports: one for the first 99 % of the time and one for the rest, of each till."""
    key = folder / "planted.json"
    if not key.exists():
        shutil.rmtree(folder, ignore_errors=True)
        share = 2_000 / ROWS if FULL else 0.01
        made = Town(1, TILLS, ROWS // 30, 8, ROWS, share, date(2026, 9, 14), (0.99, 1.0), troubled=False)
        build.build(made, folder, processes=os.cpu_count() or 1)
    planted: dict[str, Any] = json.loads(key.read_text())
    return planted


def _begin(folder: Path) -> None:
    store = Store.create(str(folder / "store"))
    reference_data.begin(store, (folder / "root.1.cbor").read_bytes())
    shutil.copy(folder / "tills.toml", folder / "store" / "tills.toml")
    for path in sorted((folder / "known").iterdir()):
        reference_data.learn(store, str(path), path.read_bytes())


def _measure(folder: Path, planted: dict[str, Any]) -> list[Figure]:
    first, rest, store = folder / "exports" / "part-1", folder / "exports" / "part-2", folder / "store"
    size = sum(path.stat().st_size for path in first.rglob("*.cje"))
    with _memory() as peak:
        spent = _spent()
        first_time, done = _import(store, first)
        find_time, _ = _clock(lambda: _find(store))
        full_spent = _spent() - spent
        again_time, again = _import(store, first)
        copied_time, copied = _copied(folder, store, first)
        spent = _spent()
        week_time, week = _import(store, rest)
        week_find_time, _ = _clock(lambda: _find(store))
        week_spent = _spent() - spent
    assert not (done.refused or again.rows or copied.rows or week.refused), "an import went wrong"
    assert done.rows + week.rows == planted["rows"]
    missing, false = compare(planted, report_json(make(Store.open(str(store)), planted["end"]), "fr"))
    ratio, bare = _beside_the_bare_query(store)
    full = first_time + find_time
    return [
        Figure("import, signatures and chains verified", first_time, "s", None, f"{size / 1e9:.2f} GB"),
        Figure("import, per row", first_time / done.rows * 1e6, "µs"),
        Figure(
            "signatures verified, of exports, per row",
            len(done.outcomes) / done.rows,
            "",
            1 / 500 if FULL else None,
        ),
        Figure("all findings", find_time, "s"),
        Figure("bare query for duplicates", bare, "s"),
        Figure("all findings, × the bare query", ratio, "×", 2.0 if FULL else None, "median of pairs"),
        Figure("planted and not found", len(missing), "", 0, f"of {len(planted['findings'])}"),
        Figure("found and not planted", len(false), "", 0),
        Figure("second import of the same files", again_time / first_time, "×", 0.1 if FULL else None),
        Figure("the same files under other names", copied_time / first_time, "×", 0.1 if FULL else None),
        Figure("one week more (1 %), import", week_time, "s", None, f"{week.rows} rows"),
        Figure("one week more, findings again", week_find_time, "s"),
        Figure(
            "one week more, of the full time",
            (week_time + week_find_time) / full,
            "×",
            0.05 if FULL else None,
        ),
        Figure("the same, in processor time", week_spent / full_spent, "×", 0.05 if FULL else None),
        Figure("peak memory, all processes", peak[0] / 2**20, "MiB", 1024),
        Figure("the store, per row", _size(store) / (done.rows + week.rows), "bytes"),
    ]


def _import(store: Path, exports: Path) -> tuple[float, Imported]:
    return _clock(lambda: import_exports(Store.open(str(store)), find([str(exports)])))


def _copied(folder: Path, store: Path, first: Path) -> tuple[float, Imported]:
    """Hand the same exports in under names that were never seen."""
    other = folder / "other-names"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(first, other, copy_function=os.link)
    for path in list(other.iterdir()):
        path.rename(path.with_name(f"again-{path.name}"))
    try:
        return _import(store, other)
    finally:
        shutil.rmtree(other)


def _find(place: Path) -> int:
    """Every finding, from a store on a disk to a list: what `cje reconcile report` does but for the words."""
    store = Store.open(str(place))
    facts, exports = read_known(store), store.exports()
    tills = {till.number: till for till in store.tills().values()}
    with Query(store) as query:
        return len(findings.find(query, tills, facts, health.two_stories(exports)))


def _beside_the_bare_query(place: Path) -> tuple[float, float]:
    """Findings and the bare query in turn, over one connection each time."""
    store = Store.open(str(place))
    facts, exports = read_known(store), store.exports()
    tills = {till.number: till for till in store.tills().values()}
    stories = health.two_stories(exports)
    ratios, bares = [], []
    for _ in range(5):
        with Query(store) as query:
            bare, _ = _clock(lambda query=query: query.rows(BARE))  # type: ignore[misc]
        _forget(place)
        with Query(store) as query:
            ours, _ = _clock(lambda query=query: findings.find(query, tills, facts, stories))  # type: ignore[misc]
        ratios.append(ours / bare)
        bares.append(bare)
    return sorted(ratios)[2], sorted(bares)[2]


def _spent() -> float:
    """Processor seconds of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _forget(place: Path) -> None:
    """Let the next look at the rows be one at every row."""
    shutil.rmtree(place / "suspects", ignore_errors=True)


def _clock(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = call()
    return time.perf_counter() - start, answer


@contextmanager
def _memory() -> Iterator[list[int]]:
    """Watch the resident memory of this process and all below it; the list holds the highest sum, bytes."""
    peak, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            peak[0] = max(peak[0], _resident())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _resident() -> int:
    """Resident bytes of this process and its descendants (Linux); shared pages count once for each."""
    pages, parents = {}, {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                fields = (path / "stat").read_text().rpartition(") ")[2].split()
                pages[int(path.name)], parents[int(path.name)] = int(fields[21]), int(fields[1])
            except OSError:
                continue
    mine = {os.getpid()}
    for _ in range(4):
        mine |= {pid for pid, parent in parents.items() if parent in mine}
    return sum(pages[pid] for pid in mine if pid in pages) * resource.getpagesize()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


if __name__ == "__main__":
    if "--quiet" in sys.argv:  # nothing else should run: say so beside the figures
        print(subprocess.run(["uptime"], capture_output=True, text=True, check=False).stdout.strip())
    raise SystemExit(0 if main() else 1)
