"""The rooms' one-way doors: who may import whom."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# `cje` is two rooms: the ground below all others, and the command and the demo above them.
TOP = {"cje.cli", "cje.demo"}
ROOMS = {"catalogue", "cje", "issuer", "reconcile", "site_builder", "verifier", "voucher"} | TOP
DOORS = {
    "cje": set(),
    "voucher": set(),
    "catalogue": {"cje"},
    "verifier": {"voucher", "cje"},
    "reconcile": {"verifier", "voucher", "cje"},
    "site_builder": {"catalogue", "voucher", "cje"},
    "issuer": {"catalogue", "voucher", "cje"},
    "cje.cli": {"cje"},
    "cje.demo": ROOMS - {"cje.cli"},
}
# A third-party module that only some rooms may import.
KEPT_IN = {
    "yaml": {"catalogue"},
    "jinja2": {"site_builder", "issuer"},
    "sqlalchemy": {"issuer"},
    "cryptography": {"issuer"},
    "pydantic": {"catalogue"},
    "duckdb": {"reconcile"},
    "pyarrow": {"reconcile"},
    "starlette": {"cje", "issuer", "reconcile"},
    "uvicorn": {"cje"},
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


def room_of(name: str) -> str:
    """Return the room of a dotted name; a third party's library is a room of its own."""
    first, _, rest = name.partition(".")
    inner = f"cje.{rest.partition('.')[0]}"
    return inner if first == "cje" and inner in TOP else first


def _dotted(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return "cje.cli" if name == "cje.__main__" else name.removesuffix(".__init__")


def python_files(room: str) -> list[Path]:
    folder = ROOT / room.replace(".", "/")
    found = sorted(folder.rglob("*.py"))
    return [path for path in found if room_of(_dotted(path)) == room]


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_through_its_doors(room: str) -> None:
    for path in python_files(room):
        ours = {room_of(name) for name in imports_of(path)} & ROOMS
        assert ours - {room} <= DOORS[room], f"{path.relative_to(ROOT)} imports {ours - {room} - DOORS[room]}"


@pytest.mark.parametrize("module", sorted(KEPT_IN))
def test_a_library_stays_in_its_room(module: str) -> None:
    for room in ROOMS - KEPT_IN[module] - {"cje.demo"}:
        for path in python_files(room):
            assert module not in {name.split(".")[0] for name in imports_of(path)}, path


def test_issuing_keys_sign_only_in_the_issuer() -> None:
    """A till signs its journal, and the demo's phone its presentations, each with a key of its own."""
    for room in ROOMS - {"issuer", "verifier", "cje.demo"}:
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
        "import sys; from cje.cli.main import main\n"
        "try: main(list(sys.argv[1:]))\n"
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
    assert "verifier.till.cli" in loaded
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
        "reconcile",
        "cje.local_page",
        "uvicorn",
    }
    assert not loaded & heavy
