"""What a phone that keeps the site fetches after each nightly build, when nobody edits anything."""

from __future__ import annotations

import gzip
import json
import statistics
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from bench.figures import Figure, report
from catalogue import read_catalogue
from site_builder.build import build

CONTENT = Path(__file__).resolve().parents[1] / "content"
FIRST = date(2026, 11, 21)
NIGHTS = 60


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def kept(out: Path) -> dict[str, str]:
    """What the site's worker keeps: address to integrity."""
    [listed] = out.glob("precache-*.json")
    files: dict[str, str] = json.loads(listed.read_text(encoding="utf-8"))["files"]
    return files


def fetched(out: Path, old: dict[str, str]) -> float:
    """kB that a worker fetches which keeps the files of `old`; its copies are found by their hash."""
    new = kept(out)
    asked = [out / "sw.js", out / "built.json"]
    if new != old:
        asked += out.glob("precache-*.json")
    for address, integrity in new.items():
        if integrity not in old.values():
            path = out / address
            asked.append(path / "index.html" if path.is_dir() else path)
    return sum(map(packed, asked)) / 1000


def main() -> bool:
    catalogue = read_catalogue(CONTENT)
    with tempfile.TemporaryDirectory(prefix="cje-bench-") as folder:
        out = Path(folder) / "public"
        build(catalogue, out, day=FIRST)
        whole, nights = fetched(out, {}), []
        for night in range(1, NIGHTS + 1):
            before = kept(out)
            build(catalogue, out, day=FIRST + timedelta(days=night))
            nights.append(fetched(out, before))
    figures = [
        Figure("the first visit: everything that the worker keeps", whole, "kB"),
        Figure("a night, median", statistics.median(nights), "kB", 2),
        Figure(
            f"{NIGHTS} nights, of fetching all of it each time", sum(nights) / (whole * NIGHTS), "×", 0.05
        ),
        Figure("the night on which most happens", max(nights), "kB", whole),
        Figure("nights on which an offer begins, ends or changes lists", sum(n > 2 for n in nights), ""),
    ]
    return report(f"What {NIGHTS} nightly builds of {len(catalogue.offers)} offers cost a phone", figures)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
