"""Several processes on one journal, and a process that dies at each step between decision and green."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import walks
from till_world import NOON, PARTNER, live, make_claims, make_list, trust_file

from verifier import TillProfile, Verdict
from verifier.till import Till, make_till

SCRIPT = Path(__file__).parent / "till_process.py"
PROCESSES, VOUCHERS = 8, 300
LAST_STEP = 40  # statements of one accepted use: more than there are; the last ones end in green


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "caisse"
    make_till(path, TillProfile(PARTNER, "Guichet 1", False), walks.ANCHOR, trust_file(make_list()), NOON)
    return path


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    path = os.pathsep.join((str(SCRIPT.parent), str(SCRIPT.parents[2])))
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.promise("P17")
def test_eight_processes_accept_exactly_the_allowed_uses(folder: Path) -> None:
    """Of voucher n, used at most n % 3 + 1 times, four different uses are shown, each by two processes."""
    running = [start("contend", folder, process, VOUCHERS) for process in range(PROCESSES)]
    greens = 0
    for process in running:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        greens += int(out)
    allowed = {number: number % 3 + 1 for number in range(1, VOUCHERS + 1)}
    with Till.open(folder, lambda: NOON) as till:
        assert till.journal.check() == greens == sum(allowed.values())
        found: dict[bytes, int] = {}
        for row in till.rows():
            assert row.cti is not None
            found[row.cti] = found.get(row.cti, 0) + 1
        assert found == {make_claims(number).cti: uses for number, uses in allowed.items()}
        assert list(till.double_uses()) == []


@pytest.mark.promise("P19")
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_no_green_without_a_row_and_no_second_green_after_one(folder: Path) -> None:
    """Killed before each statement, after the last, and never: what the next scan says is always true."""
    reached_green = False
    for step in range(LAST_STEP):
        till_dir = folder.with_name(f"caisse-{step}")
        make_till(
            till_dir, TillProfile(PARTNER, "Guichet 1", False), walks.ANCHOR, trust_file(make_list()), NOON
        )
        process = start("die", till_dir, step)
        out, err = process.communicate(timeout=30)
        assert err == ""
        with Till.open(till_dir, lambda: NOON + 12) as till:
            rows = till.journal.check()
            again = till.accept(live(make_claims()))
            if rows:
                assert again.decision.verdict is Verdict.ALREADY_ACCEPTED
                assert "il y a 12 s" in again.explain("fr").sentence
                assert "Accordez l'avantage, une seule fois" in again.explain("fr").next
            else:
                assert again.green and out == ""
            assert till.journal.check() == 1
        if step == 0:
            assert (rows, out, process.returncode) == (1, "", -9)
        if out.startswith("green"):
            reached_green = True
            assert rows == 1 and int(out.split()[1]) < step
            break
    assert reached_green, "LAST_STEP no longer reaches beyond the last statement"


@pytest.mark.promise("P10")
def test_a_gibibyte_is_refused_unread(tmp_path: Path) -> None:
    """In under 50 ms and 5 MiB."""
    huge = tmp_path / "huge.cbor"
    with huge.open("wb") as file:
        file.truncate(2**30)
    script = (
        "import resource, sys, time; from pathlib import Path\n"
        "from verifier.errors import FileTooBig; from verifier.till_folder import read_capped\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; start = time.perf_counter()\n"
        "try: read_capped(Path(sys.argv[1]))\n"
        "except FileTooBig: print(time.perf_counter() - start,"
        " resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(huge)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=30, check=True)
    seconds, kibibytes = map(float, done.stdout.split())
    assert seconds < 0.05
    assert kibibytes < 5 * 1024
