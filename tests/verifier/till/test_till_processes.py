"""Several processes on one journal, and a process that dies at each step between decision and green."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import walks
from till_world import NOON, PARTNER, live, make_claims, make_list, trust_file

from tools.postgresql import PostgreSQL
from verifier import TillProfile, Verdict
from verifier.till.till import Till, make_till

SCRIPT = Path(__file__).parent / "till_process.py"
PROCESSES, VOUCHERS = 8, 300
LAST_STEP = 40  # statements of one accepted use: more than there are; the last ones end in green


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return till_at(tmp_path / "caisse")


def till_at(path: Path, url: str | None = None) -> Path:
    profile = TillProfile(PARTNER, "Guichet 1", False)
    make_till(path, profile, walks.ANCHOR, trust_file(make_list()), NOON, url)
    return path


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    path = os.pathsep.join(str(SCRIPT.parents[level]) for level in (0, 1, 3))
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.promise("P17")
def test_eight_processes_accept_exactly_the_allowed_uses(folder: Path) -> None:
    """Of voucher n, used at most n % 3 + 1 times, four different uses are shown, each by two processes."""
    greens = sum(contend([folder] * PROCESSES))
    with Till.open(folder, lambda: NOON) as till:
        assert till.journal.check() == greens
        assert_exact([till])


@pytest.mark.promise("P17")
def test_eight_tills_of_a_shop_accept_exactly_the_allowed_uses(folder: Path, postgresql: PostgreSQL) -> None:
    """The same on one PostgreSQL: eight tills, each with a key and a chain of its own."""
    url = postgresql.database()
    folders = [till_at(folder.with_name(f"caisse-{number}"), url) for number in range(PROCESSES)]
    greens = contend(folders)
    tills = [Till.open(path, lambda: NOON) for path in folders]
    assert [till.journal.check() for till in tills] == greens
    assert_exact(tills)
    for till in tills:
        till.close()


def contend(folders: list[Path]) -> list[int]:
    """Let one process per folder accept all vouchers; return how many greens each saw."""
    running = [start("contend", path, process, VOUCHERS) for process, path in enumerate(folders)]
    greens = []
    for process in running:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        greens.append(int(out))
    return greens


def assert_exact(tills: list[Till]) -> None:
    """Every voucher was accepted as often as it may be, no more and no less."""
    found = Counter(row.cti for till in tills for row in till.rows())
    assert found == {make_claims(number).cti: number % 3 + 1 for number in range(1, VOUCHERS + 1)}
    assert list(tills[0].double_uses()) == []


@pytest.mark.promise("P19")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_no_green_without_a_row_and_no_second_green_after_one(
    folder: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """Killed before each statement, after the last, and never: what the next scan says is always true."""
    reached_green = False
    url = request.getfixturevalue("postgresql").database() if kind == "postgresql" else None
    for step in range(LAST_STEP):
        text = live(make_claims(step))
        till_dir = till_at(folder.with_name(f"caisse-{step}"), url)
        process = start("die", till_dir, step)
        out, err = process.communicate(timeout=30)
        assert err == ""
        with Till.open(till_dir, lambda: NOON + 12) as till:
            again = till.accept(text)
            rows = till.journal.check() - again.green
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


@pytest.mark.promise("P19")
@pytest.mark.skipif(os.name != "posix", reason="limits of a process")
def test_a_quota_that_is_reached_refuses_and_loses_nothing(folder: Path) -> None:
    """The system refuses to let a file grow: not a full disk, and not a damaged journal either."""
    out, err = start("fill", folder, 300_000).communicate(timeout=60)
    assert err == ""
    greens, _, sentence = out.partition(" ")
    assert "rien n'a été accepté" in sentence
    with Till.open(folder, lambda: NOON) as till:
        assert till.journal.check() == int(greens) > 10
        assert till.check(live(make_claims(0))).verdict is Verdict.ALREADY_ACCEPTED
        assert till.accept(live(make_claims(int(greens)))).green


@pytest.mark.promise("P10")
def test_a_gibibyte_is_refused_unread(tmp_path: Path) -> None:
    """In under 50 ms and 5 MiB."""
    huge = tmp_path / "huge.cbor"
    with huge.open("wb") as file:
        file.truncate(2**30)
    script = (
        "import resource, sys, time; from pathlib import Path\n"
        "from cje.errors import FileTooBig; from cje.files import read_capped\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; start = time.perf_counter()\n"
        "try: read_capped(Path(sys.argv[1]), 2**24)\n"
        "except FileTooBig: print(time.perf_counter() - start,"
        " resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", script, str(huge)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=30, check=True)
    seconds, kibibytes = map(float, done.stdout.split())
    assert seconds < 0.05
    assert kibibytes < 5 * 1024
