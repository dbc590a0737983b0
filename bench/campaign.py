"""A whole campaign: people × 20 vouchers on two processors, in packs; one process, two, two workers of Dask.

Each run is a process of its own that does what `cje issuer issue --layout packs` does, so that its memory is
its own; runs take turns. `CJE_BENCH_PEOPLE=100000` measures the figure of the issue; the default is smaller.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.figures import Figure, report
from catalogue import Catalogue, VoucherUse, read_catalogue
from catalogue.model.geography import Territory
from issuer.cards.cluster import Cluster
from issuer.cards.engines import Engine, Here, Processes
from issuer.keys import keyfile
from issuer.publishing import issue
from issuer.register import campaign as campaigns
from issuer.register import vault
from issuer.register.people import Enrolment

ROOT = Path(__file__).resolve().parent.parent
NOW = 1_795_255_200
PHRASE = b"bench"
PEOPLE = int(os.environ.get("CJE_BENCH_PEOPLE", "4000"))
TURNS = int(os.environ.get("CJE_BENCH_TURNS", "3" if PEOPLE <= 20_000 else "1"))
VOUCHERS = 20
MOST_MB = 300
PROCESSES_LEAST, DASK_LEAST = 1.8, 1.7
FULL = 4_000_000


def main() -> bool:
    with tempfile.TemporaryDirectory(dir=os.environ.get("CJE_BENCH_FOLDER")) as name:
        folder = Path(name)
        _prepare(folder)
        with _cluster(folder) as scheduler:
            kinds = {"one": "", "two": "", "dask": scheduler}
            runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
            for _ in range(TURNS):
                for kind, address in kinds.items():
                    runs[kind].append(_run(folder, kind, address))
        same = len({one["digest"] for some in runs.values() for one in some}) == 1
    return report(f"A campaign: {PEOPLE} people × {VOUCHERS} vouchers, in packs", list(_figures(runs, same)))


def _figures(runs: dict[str, list[dict[str, float]]], same: bool) -> Iterator[Figure]:
    def median(kind: str, name: str) -> float:
        return statistics.median(one[name] for one in runs[kind])

    first = runs["two"][0]
    yield Figure("every engine: the same bytes", float(same), "", None, "1 is yes", 1)
    yield Figure("two processes: the whole run", median("two", "whole"), "s", None, "enrolled to synced")
    yield Figure("one process: the whole run", median("one", "whole"), "s")
    each = median("one", "processor") / PEOPLE * 1000
    yield Figure(
        "one process: processor time a person", each, "ms", None, "all of it, on no matter what disk"
    )
    yield Figure("cards on the disk", first["bytes"] / 1e6, "MB", None, f"{first['files']:.0f} files")
    yield Figure("peak memory of the largest process", median("two", "peak"), "MiB", MOST_MB)
    yield Figure("peak memory, one process", median("one", "peak"), "MiB", MOST_MB)
    for kind, name, least in (
        ("two", "two processes", PROCESSES_LEAST),
        ("dask", "two workers of Dask", DASK_LEAST),
    ):
        # The run itself: cards made and put in place; starting up and decisions are told above.
        ratio = statistics.median(
            one["cards"] / other["cards"] for one, other in zip(runs["one"], runs[kind], strict=True)
        )
        yield Figure(f"{name}: times as fast as one, cards", ratio, "×", None, "", least)
    each = median("two", "cards") / PEOPLE
    hours, giga = each * FULL / 3600, first["bytes"] / PEOPLE * FULL / 1e9
    yield Figure("4 million people: cards, two processors", hours, "h", None, "extrapolated")
    yield Figure("4 million people: cards", giga, "GB", None, "extrapolated")


def _prepare(folder: Path) -> None:
    """A register that knows everybody: the runs make their cards."""
    made = vault.create(folder / "vault", operator="Bench", passphrase=PHRASE, now=NOW, cost=keyfile.NOMINAL)
    made.close()


def _catalogue() -> Catalogue:
    """The real one with twenty offers whose vouchers everybody of the bench gets, and no other."""
    real = read_catalogue(ROOT / "content")
    models = [offer for offer in real.published() if isinstance(offer.use, VoucherUse)]
    everywhere = Territory(kind="national", label="France entière")
    offers = tuple(
        models[i % len(models)].model_copy(
            update={"number": 9_000 + i, "slug": f"bench-{i}", "territory": everywhere, "programmes": ()}
        )
        for i in range(VOUCHERS)
    )
    return replace(real, offers=offers)


def _campaign(catalogue: Catalogue) -> campaigns.Campaign:
    tree = {
        "name": "bench",
        "from": date(2026, 9, 1),
        "until": date(2027, 6, 30),
        "programmes": "all",
        "offers": [offer.number for offer in catalogue.offers],
    }
    return campaigns.build_campaign(tree, catalogue)


def _run(folder: Path, kind: str, scheduler: str) -> dict[str, float]:
    """One run in a process of its own, from a fresh copy of the state."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    shutil.rmtree(folder / "run", ignore_errors=True)
    shutil.copytree(folder / "vault", folder / "run")
    command = [sys.executable, "-m", "bench.campaign", "--run", str(folder), kind, scheduler]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _measured(folder: Path, kind: str, scheduler: str) -> dict[str, Any]:
    catalogue = _catalogue()
    chosen = _campaign(catalogue)
    engine: Engine = {"one": Here(), "two": Processes(2)}.get(kind) or Cluster(scheduler, keys_may_leave=True)
    opened = vault.open_state(folder / "run")
    spent: list[float] = []
    begun = time.perf_counter()
    report_of = issue.issue(
        opened,
        catalogue,
        chosen,
        [_person(number) for number in range(1, PEOPLE + 1)],
        out=folder / "out",
        passphrase=PHRASE,
        now=NOW,
        engine=_Timed(engine, spent),
        arranged="packs",
    )
    whole = time.perf_counter() - begun
    assert report_of.vouchers == PEOPLE * len(chosen.offers)
    opened.close()
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(one) for one in kinds]
    processor = sum(one.ru_utime + one.ru_stime for one in used)
    peak = max(resource.getrusage(one).ru_maxrss for one in kinds) / 1024
    files = sorted(path for path in (folder / "out" / "w").rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + path.read_bytes())
    size = sum(path.stat().st_size for path in files)
    return {
        "whole": whole,
        "cards": sum(spent),
        "peak": peak,
        "processor": processor,
        "bytes": size,
        "files": len(files),
        "digest": digest.hexdigest(),
    }


class _Timed:
    """An engine, and how long its runs took: from the first shard to the last file."""

    def __init__(self, engine: Engine, spent: list[float]) -> None:
        self.engine, self.spent = engine, spent
        self.elsewhere, self.keys_may_leave = engine.elsewhere, engine.keys_may_leave

    def run(self, work: Any, shards: Any) -> Iterator[Any]:
        begun = time.perf_counter()
        yield from self.engine.run(work, shards)
        self.spent.append(time.perf_counter() - begun)


def _person(number: int) -> Enrolment:
    return Enrolment(number, "cej", date(2027, 8, 31), "95", "95585", "Lina")


@contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    """A scheduler and two workers of one thread on loopback."""
    place = folder / "scheduler.json"
    plain = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen(
        [*plain, "--no-dashboard", "--no-jupyter", "--scheduler-file", str(place)],
        **quiet,  # type: ignore[call-overload]
    )
    try:
        while not (place.exists() and place.stat().st_size):
            time.sleep(0.05)
        address = json.loads(place.read_text())["address"]
        work = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1"]
        workers = subprocess.Popen(
            [*work, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"],
            cwd=ROOT,
            **quiet,  # type: ignore[call-overload]
        )
        try:
            from distributed import Client

            with Client(address, set_as_default=False) as client:
                client.wait_for_workers(2, timeout=60)
            yield address
        finally:
            workers.terminate()
            workers.wait(30)
    finally:
        scheduler.terminate()
        scheduler.wait(30)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        print(json.dumps(_measured(Path(sys.argv[2]), *sys.argv[3:])))
        raise SystemExit(0)
    raise SystemExit(0 if main() else 1)
