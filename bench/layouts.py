"""Cards beside the site: a file for each, or packs of several sizes, written as `publish` does (ADR 18)."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, report
from cje.files import Disk, Staging
from issuer.cards import pack_file

CARDS = int(os.environ.get("CJE_BENCH_CARDS", "2000"))
KIB = 15  # a card of twenty vouchers
LEAST = 2.0  # times as fast as a file each, for the packs that are used


def main() -> bool:
    figures = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("CJE_BENCH_FOLDER")) as name:
        each, disk, files = _measured(Path(name) / "files", None)
        figures.append(Figure("a file each", each, "s", None, f"{files} files, {disk:.0f} MB on the disk"))
        for cards in (1000, 250, 25):
            spent, disk, files = _measured(Path(name) / str(cards), cards)
            note = f"{files} files, {disk:.0f} MB on the disk; {spent:.2f} s"
            title = f"packs of {cards}: times as fast as a file each"
            figures.append(Figure(title, each / spent, "×", None, note, LEAST))
    return report(f"Layouts: {CARDS} cards of {KIB} KiB", figures)


def _measured(out: Path, together: int | None) -> tuple[float, float, int]:
    """Seconds until all is synced, MB that the file system takes, files."""
    begun = time.perf_counter()
    with Disk().staging(out) as staging:
        _put(staging, together)
    spent = time.perf_counter() - begun
    found = [path.stat() for path in out.rglob("*") if path.is_file()]
    return spent, sum(one.st_blocks * 512 for one in found) / 1e6, len(found)


def _put(staging: Staging, together: int | None) -> None:
    if together is None:
        for place, file in _cards(0, CARDS):
            staging.put(f"w/{place.hex()[:2]}/{place.hex()}.bin", file)
    else:
        for start in range(0, CARDS, together):
            staging.put(f"w/packs/{start}.bin", pack_file.encode(_cards(start, min(start + together, CARDS))))


def _cards(start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    for number in range(start, end):
        place = hashlib.sha256(number.to_bytes(8)).digest()[:16]
        yield place, b"CJEB1" + place[:12] + bytes(KIB * 1024 + 16)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
