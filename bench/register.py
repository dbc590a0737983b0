"""The register at 1,000,000 people: enrolling a batch of 1,000, finding one, a page of the desk.

`CJE_BENCH_REGISTER=1000000` measures the figure of the issue; the default is smaller.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bench.figures import Figure, report
from issuer.decisions.enrolment import enrol
from issuer.decisions.person import search
from issuer.keys import keyfile
from issuer.register import vault
from issuer.register.people import Enrolment

NOW = 1_795_255_200
PEOPLE = int(os.environ.get("CJE_BENCH_REGISTER", "50000"))
BATCH, RUNS = 1_000, 15
BATCH_MOST, FIND_MOST = 1.0, 20.0


def main() -> bool:
    with tempfile.TemporaryDirectory(dir=os.environ.get("CJE_BENCH_FOLDER")) as name:
        made = vault.create(
            Path(name) / "vault", operator="Bench", passphrase=b"bench", now=NOW, cost=keyfile.NOMINAL
        )
        begun = time.perf_counter()
        for start in range(1, PEOPLE + 1, 10_000):
            enrol(made, [_person(number) for number in range(start, min(start + 10_000, PEOPLE + 1))], NOW)
        filled = time.perf_counter() - begun
        size = (made.folder / "register.sqlite").stat().st_size
        drawn = random.Random(1)
        batches = [_batch(PEOPLE + 1 + turn * BATCH) for turn in range(RUNS)]
        enrolled = [_seconds(lambda batch=batch: enrol(made, batch, NOW)) for batch in batches]
        again = [_seconds(lambda batch=batch: enrol(made, batch, NOW)) for batch in batches]

        def found(wanted: Callable[[int], str]) -> float:
            spent = []
            for _ in range(RUNS * 10):
                number = drawn.randint(1, PEOPLE)
                with made.register.reading() as connection:
                    begun = time.perf_counter()
                    assert any(one.number == number for one in search(connection, wanted(number)))
                    spent.append((time.perf_counter() - begun) * 1000)
            return max(spent)

        note = f"{PEOPLE} people by 10,000; {size / 1e6:.0f} MB"
        figures = [
            Figure("filling the register", filled, "s", None, note),
            Figure(f"enrolling {BATCH}: the slowest of {RUNS}", max(enrolled), "s", BATCH_MOST),
            Figure("the median", statistics.median(enrolled), "s"),
            Figure("the same again, nothing changes", statistics.median(again), "s", BATCH_MOST),
            Figure(f"finding by number: the slowest of {RUNS * 10}", found(str), "ms", FIND_MOST),
            Figure("finding by reference: the slowest", found(lambda n: f"ML {n}"), "ms", FIND_MOST),
        ]
        made.close()
    return report(f"The register at {PEOPLE} people", figures)


def _person(number: int) -> Enrolment:
    return Enrolment(number, "cej", date(2027, 8, 31), "95", "95585", f"Prénom{number}", f"ML {number}")


def _batch(start: int) -> list[Enrolment]:
    return [_person(number) for number in range(start, start + BATCH)]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
