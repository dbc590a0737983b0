"""`make test` needs one browser engine and no service: a test that needs more is a journey."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    "command",
    [
        ["nginx", "-v"],
        ["/usr/sbin/apache2", "-v"],
        ["softhsm2-util", "--version"],
        ["setpriv", "--pdeathsig", "QUIT", "/usr/lib/postgresql/15/bin/postgres", "--version"],
        ["unshare", "--net", "true"],
    ],
    ids=lambda command: Path(command[0]).name,
)
def test_a_service_is_refused_here(command: list[str]) -> None:
    with pytest.raises(AssertionError, match="without the mark `journey`"):
        subprocess.run(command, capture_output=True, timeout=10)


def test_a_program_that_only_names_a_service_is_not_refused() -> None:
    command = [sys.executable, "-c", "print('hello')", "nginx"]
    assert subprocess.run(command, capture_output=True, timeout=10).stdout == b"hello\n"


@pytest.mark.browser
def test_a_second_engine_is_refused_here(playwright: Playwright) -> None:
    from tools import firefox

    with pytest.raises(AssertionError, match="without the mark `journey`"):
        firefox.launch(playwright)


@pytest.mark.parametrize("asked", ["fixture", "parameter", "mark"])
def test_what_asks_for_a_service_is_a_journey(asked: str, tmp_path: Path) -> None:
    bodies = {
        "fixture": "@pytest.fixture\ndef postgresql(): ...\ndef test_it(postgresql): ...",
        "parameter": "@pytest.mark.parametrize('engine', ['firefox'])\ndef test_it(engine): ...",
        "mark": "@pytest.mark.journey\ndef test_it(): ...",
    }
    (tmp_path / "test_one.py").write_text(f"import pytest\n{bodies[asked]}\ndef test_other(): ...\n")
    assert "1 passed, 1 deselected" in ran(tmp_path, "-m", "journey")
    assert "1 passed, 1 deselected" in ran(tmp_path, "-m", "not journey")


def test_what_starts_after_the_end_is_named_and_fails(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_it(): ...\n")
    assert "test_one.py::test_it - Failed: did not run" in ran(tmp_path, "--ends-at", "1")
    assert "1 passed" in ran(tmp_path, "--ends-at", "99999999999")


def ran(folder: Path, *options: str) -> str:
    """Run the tests of a folder under this project's conftest; return what pytest says."""
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", *settings, str(folder), *options]
    wide = os.environ | {"COLUMNS": "400"}
    return subprocess.run(command, cwd=ROOT, env=wide, capture_output=True, text=True, timeout=60).stdout
