"""What a reviewer would otherwise say at each change."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400

FILES = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    ).stdout.splitlines()
    if (ROOT / name).is_file()
]
CODE = [path for path in FILES if path.suffix in {".py", ".ts", ".tsx", ".mjs"}]
OURS = [path for path in CODE if path.relative_to(ROOT).parts[0] not in {"tests", "bench"}]
SHOWN = {path: path.relative_to(ROOT).as_posix() for path in FILES}


@pytest.mark.parametrize("path", OURS, ids=SHOWN.get)
def test_a_file_holds_one_concept(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_no_file_is_a_drawer() -> None:
    assert not [path for path in CODE if path.stem in {"utils", "util", "common", "helpers", "misc"}]


def test_nothing_is_left_unfinished() -> None:
    pattern = re.compile(r"\b(?:TODO|FIXME|XXX)\b|NotImplementedError|mark\.skip\(|\bxfail\(")
    this = Path(__file__).resolve()
    assert not [
        SHOWN[path] for path in CODE if path != this and pattern.search(path.read_text(encoding="utf-8"))
    ]


def test_one_file_reads_the_clock() -> None:
    """Else a test that fixes the clock fixes only a part of it, and turns red on a later day."""
    pattern = re.compile(r"\btime\.time\b|\b(?:datetime|date)\.(?:now|today|utcnow)\(|\bfrom time import\b")
    readers = [
        SHOWN[path]
        for path in OURS
        if path.suffix == ".py" and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert readers == ["cje/system_clock.py"]


@pytest.mark.promise("P28")
def test_lock_files_name_no_registry_and_no_machine() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8") if path.suffix in {".json", ".txt"} else ""
        if path.name == "package-lock.json":  # a "url" there is where a package asks for funding
            assert not re.search(r'"resolved"|"file:', text)
        elif path.parent.name == "requirements":
            assert not re.search(r"https?://|file:|--(?:extra-)?index-url|--find-links", text), path


@pytest.mark.promise("P28")
def test_every_python_requirement_is_hashed() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        for block in re.split(r"\n(?=[a-z])", path.read_text(encoding="utf-8")):
            if "==" in block:
                assert "--hash=sha256:" in block, block.splitlines()[0]


def test_no_third_party_or_built_file_is_committed() -> None:
    foreign = re.compile(r"\.min\.(?:js|css)$|\.wasm$|(?:^|/)(?:node_modules|vendor|third_party)/")
    assert not [name for name in SHOWN.values() if foreign.search(name)]


def test_every_public_python_name_has_a_docstring() -> None:
    missing = []
    for path in OURS:
        if path.suffix != ".py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = [tree, *(n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef))]
        for node in nodes:
            name = getattr(node, "name", "")
            is_error = isinstance(node, ast.ClassDef) and path.stem == "errors"  # drawn as a tree at the top
            if not name.startswith("_") and not is_error and ast.get_docstring(node) is None:
                missing.append(f"{SHOWN[path]}:{name or 'module'}")
    assert not missing


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    assert numbers == list(range(1, len(decisions) + 1))
    for number, path in zip(numbers, decisions, strict=True):
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. "), path.name


def test_no_test_imports_a_conftest_by_name() -> None:
    """Which of the rooms' it would be depends on the order of the files."""
    tests = [path for path in FILES if path.suffix == ".py" and path.name.startswith("test_")]
    pattern = re.compile(r"^(?:from|import) conftest\b", re.MULTILINE)
    assert tests and not [SHOWN[path] for path in tests if pattern.search(path.read_text(encoding="utf-8"))]
