"""The rooms' one-way doors: who may import whom."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

ROOMS = {
    "catalogue",
    "demo",
    "issuer",
    "local_page",
    "locales",
    "machine",
    "site_builder",
    "verifier",
    "voucher",
}
DOORS = {
    "local_page": set(),
    "locales": set(),
    "machine": set(),
    "voucher": set(),
    "catalogue": {"locales", "machine"},
    "verifier": {"voucher", "locales", "local_page"},
    "site_builder": {"catalogue", "voucher", "locales", "machine"},
    "issuer": {"catalogue", "voucher", "locales", "local_page"},
    "demo": ROOMS - {"demo"},
}
# A third-party module that only some rooms may import.
KEPT_IN = {
    "yaml": {"catalogue"},
    "jinja2": {"site_builder", "issuer"},
    "sqlalchemy": {"issuer"},
    "cryptography": {"issuer"},
    "pydantic": {"catalogue"},
    "duckdb": {"verifier"},
    "pyarrow": {"verifier"},
    "starlette": {"local_page", "issuer", "verifier"},
    "uvicorn": {"local_page"},
}
WEB_DOORS = {
    "voucher": set(),
    "verifier": {"voucher"},
    "ui": set(),
    "site": {"ui"},
    "wallet": {"voucher", "ui"},
    "till": {"voucher", "verifier", "ui"},
}


def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a Python file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def python_files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_through_its_doors(room: str) -> None:
    for path in python_files(room):
        ours = {name.split(".")[0] for name in imports_of(path)} & ROOMS
        assert ours - {room} <= DOORS[room], f"{path.relative_to(ROOT)} imports {ours - {room} - DOORS[room]}"


@pytest.mark.parametrize("module", sorted(KEPT_IN))
def test_a_library_stays_in_its_room(module: str) -> None:
    for room in ROOMS - KEPT_IN[module] - {"demo"}:
        for path in python_files(room):
            assert module not in {name.split(".")[0] for name in imports_of(path)}, path


def test_issuing_keys_sign_only_in_the_issuer() -> None:
    """A till signs its journal, and the demo's phone its presentations, each with a key of its own."""
    for room in ROOMS - {"issuer", "verifier", "demo"}:
        for path in python_files(room):
            source = path.read_text(encoding="utf-8")
            assert not re.search(r"\bSigningKey\b|\bcrypto_sign\b|crypto_sign_seed_keypair", source), path


@pytest.mark.parametrize("room", sorted(WEB_DOORS))
def test_a_browser_room_imports_only_through_its_doors(room: str) -> None:
    for path in sorted((ROOT / "web" / room).rglob("*.ts*")):
        source = path.read_text(encoding="utf-8")
        for name in re.findall(r"""(?:from|import|import\()\s*["'](\.[^"']+)""", source):
            target = (path.parent / name).resolve().relative_to(ROOT / "web").parts[0]
            assert target in WEB_DOORS[room] | {room}, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize(
    "command",
    [("verify", "--help"), ("till", "--help"), ("verify", "--till", "/nonexistent", "HELLO")],
    ids=["verify-help", "till-help", "verify"],
)
def test_a_till_loads_nothing_that_it_does_not_need(command: tuple[str, ...]) -> None:
    code = (
        "import sys, cje\n"
        "try: cje.main(list(sys.argv[1:]))\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sorted(sys.modules), file=sys.stderr)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    loaded = set(run.stderr.rpartition("LOADED ")[2].split())
    assert "verifier.cli" in loaded
    heavy = {
        "jinja2",
        "yaml",
        "pydantic",
        "sqlalchemy",
        "cryptography",
        "segno",
        "issuer",
        "site_builder",
        "catalogue",
        "duckdb",
        "pyarrow",
        "fsspec",
        "verifier.reconcile",
        "local_page",
        "uvicorn",
    }
    assert not loaded & heavy
