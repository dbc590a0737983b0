"""The house: doors between rooms, floors inside a room, no circle of files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

# `cje` is two rooms: the ground below all others, and the command and the demo above them.
TOP = {"cje.cli", "cje.demo"}
# Each room and the rooms that it may import.
DOORS: dict[str, set[str]] = {
    "cje": set(),
    "voucher": set(),
    "verifier": {"voucher", "cje"},
    "reconcile": {"verifier", "voucher", "cje"},
    "catalogue": {"cje"},
    "site_builder": {"catalogue", "voucher", "cje"},
    "desk": {"catalogue", "voucher", "cje"},
    "issuer": {"catalogue", "voucher", "desk", "cje"},
    "cje.cli": {"cje", "voucher"},
    "cje.demo": {"catalogue", "issuer", "reconcile", "site_builder", "verifier", "voucher", "cje"},
}
ROOMS = set(DOORS)
# The floors of each room from the top down; a file imports from its own floor and from those below.
# A floor is a folder or a file; "" is the room's own `__init__.py`.
FLOORS: dict[str, tuple[str, ...]] = {
    "catalogue": ("", "cli", "exchange", "reading", "rules", "model", "problems", "errors"),
    "issuer": (
        "",
        "desk",
        "cli",
        "publishing",
        "handover",
        "decisions",
        "cards",
        "register",
        "keys",
        "text_file",
        "errors",
    ),
    "reconcile": ("", "cli", "page", "figures", "printing", "findings", "importing", "rows", "errors"),
    "site_builder": (
        "",
        "cli",
        "build",
        "making",
        "plan",
        "preview",
        "rebuild",
        "rendering",
        "offline",
        "pages",
        "files",
        "errors",
    ),
    "verifier": (
        "",
        "till",
        "generate",
        "typed",
        "decide",
        "rules",
        "wording",
        "trust_store",
        "decision",
        "limits",
        "list_age",
        "proof",
        "saving",
        "verdict",
        "views",
        "errors",
    ),
}
# A third party's library that only some places may import.
KEPT_IN: dict[str, tuple[str, ...]] = {
    "yaml": ("catalogue",),
    "jinja2": ("site_builder", "desk.pages"),
    "sqlalchemy": ("issuer",),
    "cryptography": ("issuer",),
    "pydantic": ("catalogue",),
    "duckdb": ("reconcile",),
    "pyarrow": ("reconcile",),
    "starlette": ("cje.local_page", "desk.pages", "issuer.desk", "reconcile.page"),
    "uvicorn": ("cje.local_page",),
}
WEB_DOORS = {
    "voucher": set(),
    "locales": set(),
    "verifier": {"voucher", "locales"},
    "ui": set(),
    "site": {"ui", "locales"},
    "wallet": {"voucher", "ui", "locales"},
    "till": {"voucher", "verifier", "ui", "locales"},
}


class Import(NamedTuple):
    """One import of a product file: the importing module, the imported name, and where it stands."""

    module: str
    name: str
    place: str


def _dotted(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return "cje.cli" if name == "cje.__main__" else name.removesuffix(".__init__")


@cache
def product_modules() -> dict[str, Path]:
    """Return every product module by its dotted name."""
    folders = {room.partition(".")[0] for room in ROOMS}
    return {_dotted(path): path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))}


def room_of(name: str) -> str:
    """Return the room of a dotted name; a third party's library is a room of its own."""
    first, _, rest = name.partition(".")
    inner = f"cje.{rest.partition('.')[0]}"
    return inner if first == "cje" and inner in TOP else first


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a file, except what stands below `if TYPE_CHECKING:`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _nodes(node)


def imports_of(module: str, path: Path) -> Iterator[Import]:
    """Yield what a file imports at run time, also inside its functions; types aside."""
    for node in _nodes(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.relative_to(ROOT)}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            known = name if name in product_modules() else name.rpartition(".")[0]
            found = known if known in product_modules() else name
            yield Import(module, found, f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}")


@cache
def all_imports() -> tuple[Import, ...]:
    """Return every import of the product."""
    return tuple(found for module, path in product_modules().items() for found in imports_of(module, path))


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_through_its_doors(room: str) -> None:
    allowed = DOORS[room] | {room}
    mine = [one for one in all_imports() if room_of(one.module) == room and room_of(one.name) in ROOMS]
    assert [f"{one.place} imports {one.name}" for one in mine if room_of(one.name) not in allowed] == []


def floor_of(module: str) -> str:
    """Return the folder or file of a module inside its room."""
    return module.partition(".")[2].partition(".")[0]


@pytest.mark.parametrize("room", sorted(FLOORS))
def test_imports_inside_a_room_go_down(room: str) -> None:
    height = {floor: -depth for depth, floor in enumerate(FLOORS[room])}
    inside = [module for module in product_modules() if room_of(module) == room]
    assert {floor_of(module) for module in inside} == set(FLOORS[room]), "each floor stands in FLOORS"
    up = [
        f"{one.place} imports {one.name}"
        for one in all_imports()
        if room_of(one.module) == room == room_of(one.name)
        and height[floor_of(one.name)] > height[floor_of(one.module)]
    ]
    assert up == []


def test_no_two_files_import_each_other() -> None:
    """Also not through a third file: each circle is named with its files."""
    below: dict[str, set[str]] = {module: set() for module in product_modules()}
    for one in all_imports():
        if one.name in below and one.name != one.module:
            below[one.module].add(one.name)
    assert circles(below) == []


def circles(below: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of nodes that reach each other (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for after in sorted(below[node]):
            if after not in index:
                visit(after)
                low[node] = min(low[node], low[after])
            elif after in stack:
                low[node] = min(low[node], index[after])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(below):
        if node not in index:
            visit(node)
    return found


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


@pytest.mark.parametrize("folder", sorted({path.parent for path in product_modules().values()}), ids=str)
def test_a_folder_holds_at_most_25_files(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= 25 + 1, "25 and the __init__.py: it needs floors"


@pytest.mark.parametrize("module", sorted(KEPT_IN))
def test_a_library_stays_in_its_place(module: str) -> None:
    strays = [
        one.place
        for one in all_imports()
        if one.name.partition(".")[0] == module
        and room_of(one.module) != "cje.demo"
        and not f"{one.module}.".startswith(tuple(f"{place}." for place in KEPT_IN[module]))
    ]
    assert strays == []


def test_issuing_keys_sign_only_in_the_issuer() -> None:
    """A till signs its journal, and the demo's phone its presentations, each with a key of its own."""
    for module, path in product_modules().items():
        if room_of(module) not in {"issuer", "verifier", "cje.demo"}:
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
        "desk",
        "duckdb",
        "pyarrow",
        "fsspec",
        "reconcile",
        "cje.demo",
        "cje.local_page",
        "uvicorn",
    }
    assert not loaded & heavy
