"""A decision with a million rows behind it, with and without the wait for the disk that makes it durable.

With: beside one row into a bare table of the same database, as durable, in turn with ours. Without: the same
decision on the same file, SQLite told not to wait (`synchronous = OFF`): signatures, lookups, chain, both
rows and their commit count, nothing but the wait is left out. And the first verdict of the day:
`cje verify` from its start, beside bare Python and the imports of others.
"""

from __future__ import annotations

import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import psycopg

from bench.figures import Figure, report
from tools.postgresql import PostgreSQL
from verifier import Till, TillProfile
from verifier.till.sqlite import Sqlite
from verifier.till.till import make_till
from voucher.journal import encode_row, next_hash

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(
    0, str(ROOT / "tests" / "verifier" / "till")
)  # the operator, keys and vouchers of the till's tests

from till_world import NOON, PARTNER, live, make_claims, make_list, make_root, root_file, trust_file  # noqa: E402

ROWS = int(os.environ.get("CJE_BENCH_ROWS", "1000000"))
SCANS, STARTS = 300, 21
VERIFY = "cje verify, start to verdict"
BOUNDS = {VERIFY: 150.0}
OWN, USE = "INSERT INTO own_row VALUES (?, ?, ?, ?, ?)", f"INSERT INTO use VALUES ({', '.join('?' * 12)})"  # noqa: S608


def till_at(path: Path, url: str | None = None) -> Till:
    profile = TillProfile(PARTNER, "Guichet 1", False)
    make_till(path, profile, root_file(make_root()), trust_file(make_list()), NOON, url)
    return Till.open(path, lambda: NOON)


def history(till: Till, count: int) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    """Yield rows and uses after the first, of vouchers never shown again, in one chain that holds."""
    (model,) = till.rows()
    _, value = till.journal.last()
    key, expires = till.journal.key, make_claims().expires
    for n in range(2, count + 1):
        cti = n.to_bytes(16, "big")
        data = encode_row(replace(model, n=n, cti=cti))
        value = next_hash(value, data)
        yield (key, n, NOON, data, value), (model.kid, cti, 1, key, n, 1, NOON, 1, 0, 0, expires, 0)


def fill_sqlite(till: Till) -> None:
    database = till.journal.database
    assert isinstance(database, Sqlite)
    connection = database.connection
    accepted(till, live(make_claims()))
    rows = history(till, ROWS)
    connection.execute("BEGIN")
    while batch := list(islice(rows, 10_000)):
        connection.executemany(OWN, [row for row, _ in batch])
        connection.executemany(USE, [use for _, use in batch])
    connection.execute("CREATE TABLE bare (n INTEGER PRIMARY KEY, bytes BLOB)")
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def fill_postgresql(till: Till, url: str) -> None:
    accepted(till, live(make_claims()))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET search_path = cje_journal")
        rows = history(till, ROWS)
        while batch := list(islice(rows, 50_000)):
            for table, side in (("own_row", 0), ("use", 1)):
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for pair in batch:
                        copy.write_row(pair[side])
        cursor.execute("CREATE TABLE bare (n BIGSERIAL PRIMARY KEY, bytes BYTEA)")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def in_turn(till: Till, commit: Callable[[], object], first: int = 2) -> tuple[float, float, float]:
    """Return medians in ms, one after the other: a decision, a bare commit, a decision's processor time.

    The vouchers are those of the numbers from `first` on, none of which was shown before.
    """

    def took(call: Callable[[], object]) -> tuple[float, float]:
        start, used = time.perf_counter(), time.process_time()
        call()
        return (time.perf_counter() - start) * 1000, (time.process_time() - used) * 1000

    ours, bare, busy = [], [], []
    for number in range(first, first + SCANS):
        text = live(make_claims(number))
        elapsed, processor = took(lambda text=text: accepted(till, text))  # type: ignore[misc]
        ours.append(elapsed)
        busy.append(processor)
        bare.append(took(commit)[0])
    return statistics.median(ours), statistics.median(bare), statistics.median(busy)


def accepted(till: Till, text: str) -> None:
    assert till.accept(text).green


def decisions(folder: Path) -> list[Figure]:
    figures = []
    with till_at(folder / "fichier") as till:
        fill_sqlite(till)
        database = till.journal.database
        assert isinstance(database, Sqlite)
        bare = sqlite3.connect(till.folder.journal, isolation_level=None)
        bare.execute("PRAGMA synchronous = FULL")
        row = bytes(450)
        ours, commit, busy = in_turn(
            till, lambda: bare.execute("INSERT INTO bare (bytes) VALUES (?)", (row,))
        )
        bare.close()
        database.connection.execute("PRAGMA synchronous = OFF")
        alone, _, _ = in_turn(till, lambda: None, 2 + SCANS)
        database.connection.execute("PRAGMA synchronous = FULL")
        name = f"SQLite, {ROWS:,} rows: decision with lookup, but for the wait for the disk"
        figures.append(Figure(name, alone, "ms", 1))
        note = f"{ours:.2f} ms with it, bare commit {commit:.2f} ms"
        figures.append(Figure("SQLite: decision beyond a bare commit", ours - commit, "ms", None, note))
        figures.append(Figure("SQLite: processor time of the decision and its commit", busy, "ms"))
        start = time.perf_counter()
        assert till.journal.check() == ROWS + 2 * SCANS
        figures.append(Figure("SQLite: the whole chain walked", time.perf_counter() - start, "s"))
    with PostgreSQL() as server:
        url = server.database()
        with till_at(folder / "serveur", url) as till:
            fill_postgresql(till, url)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("SET search_path = cje_journal")
                add = "INSERT INTO bare (bytes) VALUES (%s)"
                ours, commit, _ = in_turn(till, lambda: connection.execute(add, (row,)))
            note = f"{ours:.2f} ms with it, bare commit {commit:.2f} ms"
            name = f"PostgreSQL, {ROWS:,} rows: decision beyond the commit"
            figures.append(Figure(name, ours - commit, "ms", None, note))
    return figures


def starts(folder: Path) -> list[Figure]:
    """Start to verdict of `cje verify`, a new voucher each time, beside bare Python and others' imports."""
    with till_at(folder / "depart"):
        pass
    # As pip installs it: bytecode compiled, which this machine's settings may forbid beside the sources.
    environment = {
        **os.environ,
        "CJE_TILL": str(folder / "depart"),
        "PYTHONPYCACHEPREFIX": str(folder / "pyc"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    clock = f"import time; time.time = lambda: {NOON}; from cje.cli.main import main; main(['verify', '-'])"
    commands = {
        VERIFY: ("-c", clock),
        "python -c pass": ("-c", "pass"),
        "import of what it uses: click, nacl": ("-c", "import click, nacl.bindings"),
        "import of the usual: pydantic, SQLAlchemy, cryptography": (
            "-c",
            "import pydantic, sqlalchemy; from cryptography.hazmat.primitives.asymmetric import ed25519",
        ),
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    busy: list[float] = []
    for turn in range(STARTS):
        for name, arguments in commands.items():
            text = live(make_claims(turn)).encode()
            start, used = time.perf_counter(), processor()
            done = subprocess.run(
                [sys.executable, *arguments],
                input=text,
                env=environment,
                cwd=ROOT,
                capture_output=True,
                check=True,
                timeout=60,
            )
            took[name].append((time.perf_counter() - start) * 1000)
            busy += [(processor() - used) * 1000] if name in BOUNDS else []
            assert "ACCEPTÉ" in done.stdout.decode() or name not in BOUNDS
    figures = [Figure(name, statistics.median(times), "ms", BOUNDS.get(name)) for name, times in took.items()]
    return [*figures, Figure("cje verify, processor time alone", statistics.median(busy), "ms")]


def processor() -> float:
    """Return the processor time of the processes that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        figures = [*starts(Path(folder)), *decisions(Path(folder))]
    return report("The till's journal, and its first verdict of the day", figures)
