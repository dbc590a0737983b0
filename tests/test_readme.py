"""What the documentation shows is what the program prints, and what it links to exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *(path for path in sorted((ROOT / "web").rglob("*.md")) if "node_modules" not in path.parts),
]
HELP = re.compile(r"\$ (cje(?: [a-z-]+)* --help)\n(.*?)(?=\n\$ |\n```)", re.S)
HELP_BLOCKS = [
    pytest.param(page, *match.groups(), id=f"{page.name}: {match[1]}")
    for page in PAGES
    for match in HELP.finditer(page.read_text(encoding="utf-8"))
]


def test_the_readme_shows_help() -> None:
    assert HELP_BLOCKS


@pytest.mark.parametrize(("page", "command", "shown"), HELP_BLOCKS)
def test_a_help_block_is_the_real_one(page: Path, command: str, shown: str) -> None:
    arguments = command.split()[1:]
    run = subprocess.run(
        [sys.executable, "-m", "cje", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
        env={"COLUMNS": "80", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "error"},
    )
    assert run.stdout.replace("python -m cje", "cje").strip() == shown.strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_relative_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_make_target_in_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")):
        assert re.search(rf"(?m)^{target}:", makefile), target
