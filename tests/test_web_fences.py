"""The browser's half of the house: floors inside wallet and till, no circle of files, small folders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from test_rooms import circles

WEB = Path(__file__).resolve().parent.parent / "web"
# Floors from the top down, folders or files; a file imports from its own floor and from those below.
FLOORS: dict[str, tuple[str, ...]] = {
    "wallet": (
        "main.tsx",
        "app.tsx",
        "views",
        "context.ts",
        "router.ts",
        "device",
        "words.ts",
        "core",
    ),
    "till": (
        "main.tsx",
        "page.ts",
        "ui",
        "words.ts",
        "amount.ts",
        "back.ts",
        "css",
        "listFile.ts",
        "oneTab.ts",
        "service.ts",
        "settingUp.ts",
        "tending.ts",
        "flow.ts",
        "merged.ts",
        "receiving.ts",
        "scan",
        "signal.ts",
        "till.ts",
        "pairing.ts",
        "shop.ts",
        "trustFiles.ts",
        "store",
    ),
}
# One import or re-export, lazy ones too; the first group holds its names, the others its target.
IMPORT = re.compile(
    r"""^[ ]*(?:import|export)\s+(?!type\b)(?:([^"';]*?)\s+from\s+)?["'](\.[^"']+)["']"""
    r"""|(?<!typeof )\bimport\(\s*["'](\.[^"']+)["']""",
    re.MULTILINE,
)
TYPES_ONLY = re.compile(r"\{\s*(?:type\s+\w+(?:\s+as\s+\w+)?\s*,?\s*)+\}")


class Import(NamedTuple):
    """One import at run time, by paths below web/."""

    source: str
    target: str


def sources() -> Iterator[Path]:
    """Yield every product file in TypeScript."""
    for path in sorted(WEB.rglob("*.ts*")):
        if not {"node_modules", "test"} & set(path.parts) and not path.name.endswith(".d.ts"):
            yield path


def imports_in(path: str, text: str) -> Iterator[Import]:
    """Yield the imports of a file; types aside."""
    for names, static, lazy in IMPORT.findall(text):
        if not TYPES_ONLY.fullmatch(names.strip()):
            target = (WEB / path).parent / (static or lazy)
            yield Import(path, target.resolve().relative_to(WEB.parent).as_posix().removeprefix("web/"))


@cache
def all_imports() -> tuple[Import, ...]:
    """Return the imports of every product file."""
    return tuple(
        one
        for path in sources()
        for one in imports_in(path.relative_to(WEB).as_posix(), path.read_text(encoding="utf-8"))
    )


def test_no_two_files_of_the_browser_import_each_other() -> None:
    below: dict[str, set[str]] = {path.relative_to(WEB).as_posix(): set() for path in sources()}
    for source, target in all_imports():
        if target in below:
            below[source].add(target)
    assert circles(below) == []


def test_imports_are_seen_and_types_are_not() -> None:
    text = """
import type { A } from "./a.ts";
import { type B, type C } from "./b.ts";
import { d, type E } from "./d.ts";
import {
  f,
} from "../f.ts";
import "./g.css";
export { h } from "./h.ts";
const i = await import("./i.tsx");
let j: typeof import("./j.ts");
"""
    found = [target for _, target in imports_in("till/x.ts", text)]
    assert found == ["till/d.ts", "f.ts", "till/g.css", "till/h.ts", "till/i.tsx"]


@pytest.mark.parametrize("room", FLOORS)
def test_imports_inside_a_room_of_the_browser_go_down(room: str) -> None:
    def floor(path: str) -> str:
        return path.split("/")[1]

    height = {name: -depth for depth, name in enumerate(FLOORS[room])}
    files = [path for path in sources() if path.is_relative_to(WEB / room)]
    floors = {floor(path.relative_to(WEB).as_posix()) for path in files}
    assert floors == set(height), "each floor stands in FLOORS"
    up = [
        f"web/{source} imports web/{target}"
        for source, target in all_imports()
        if source.startswith(f"{room}/")
        and target.startswith(f"{room}/")
        and target.endswith((".ts", ".tsx"))
        and height[floor(target)] > height[floor(source)]
    ]
    assert up == []


@pytest.mark.parametrize("folder", sorted({path.parent for path in sources()}), ids=str)
def test_a_folder_of_the_browser_holds_at_most_25_files(folder: Path) -> None:
    assert len([path for path in folder.glob("*.ts*") if not path.name.endswith(".d.ts")]) <= 25
