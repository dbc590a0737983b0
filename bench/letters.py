"""A thousand letters with their QR codes, in PDF/UA: one process, and two."""

from __future__ import annotations

import os
import time
from datetime import date
from functools import partial

from bench.figures import Figure, report
from issuer.cards.engines import Engine, Here, Processes
from issuer.handover import letters
from issuer.handover.opening import Opening
from voucher import activation

LETTERS = int(os.environ.get("CJE_BENCH_LETTERS", "1000"))
SHARD = 250
LEAST = 1.3  # two processes are begun anew for it, half a second of the three


def main() -> bool:
    people = [_opening(number) for number in range(1, LETTERS + 1)]
    shards = [(f"{start}.pdf", people[start : start + SHARD]) for start in range(0, LETTERS, SHARD)]
    figures = []
    for form, name in (("letter", "letters"), ("sheet", "cards to cut out")):
        work = partial(letters.named, form=form, look=letters.Look("Le Bon Élan", "fr"))
        two, made = _timed(Processes(2, fresh=True), work, shards)
        one, same = _timed(Here(), work, shards)
        assert [file for _, file in made] == [file for _, file in same]
        size = sum(len(file) for _, file in made)
        figures += [
            Figure(f"{LETTERS} {name}, one process", one, "s", None, f"{size / 1e6:.1f} MB"),
            Figure(f"{LETTERS} {name}, each", one / LETTERS * 1000, "ms"),
            Figure(f"{name}, two processes", one / two, "×", None, "as fast; the same bytes", LEAST),
        ]
    return report("Letters", figures)


def _timed(engine: Engine, work: object, shards: object) -> tuple[float, list[tuple[str, bytes]]]:
    begun = time.perf_counter()
    made = list(engine.run(work, shards))  # type: ignore[arg-type]
    return time.perf_counter() - begun, made  # type: ignore[return-value]


def _opening(number: int) -> Opening:
    code = activation.grouped(activation.from_secret(number * 7_919 << 40))
    site = "https://carte.example/carte/"
    return Opening(number, None, "Lina", "CEJ", date(2027, 8, 31), code, f"{site}#{code}", site)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
