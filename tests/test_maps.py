"""The maps of the house say what is there: rooms, floors, walks, long files, answers."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import test_web_fences as web_fences
from test_rooms import DOORS, FLOORS, ROOT, TOP, WEB_DOORS, all_imports, product_modules, room_of

from cje.cli.commands import GROUPS
from tools import house

DOCS = ROOT / "docs"
MAP = (DOCS / "architecture.md").read_text(encoding="utf-8")
RECIPES = (DOCS / "recipes.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
WANTED = {
    "A field of an offer",
    "A way of use",
    "A verdict",
    "A command",
    "A command of `cje issuer`",
    "A language",
    "A promise",
    "A change of a format",
    "A column of the people's CSV",
}
LONG = 250
CODE = (".py", ".ts", ".tsx", ".mjs", ".js", ".css", ".html")
PRODUCT = ("catalogue", "cje", "desk", "issuer", "reconcile", "site_builder", "verifier", "voucher", "web")
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.\w+)`")


class Step(NamedTuple):
    """One step of a walk."""

    walk: str
    file: str
    function: str
    handed: bool


@cache
def steps() -> tuple[Step, ...]:
    """Return the steps of the walks, in order."""
    walks = re.split(r"(?m)^### (.+)\n", section("Five walks"))
    return tuple(
        Step(walk, *found.groups(), "hand" in line)
        for walk, text in zip(walks[1::2], walks[2::2], strict=True)
        for line in text.splitlines()
        if (found := re.match(r"\d+\. `([^`:]+):(\w+)`", line))
    )


def section(title: str) -> str:
    """Return the text below a heading of the map."""
    return MAP.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def tracked(*folders: str) -> list[str]:
    """Return the tracked files of these folders."""
    run = subprocess.run(
        ["git", "ls-files", "-z", *folders], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    return [name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]


def defined(file: str) -> Iterator[str]:
    """Yield the names of the functions, classes and methods of a file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    if file.endswith(".py"):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        yield from (node.name for node in ast.walk(ast.parse(text)) if isinstance(node, kinds))
        return
    for function, method in re.findall(
        r"(?m)^(?:export )?(?:async )?function (\w+)|^  (?:private )?(?:async )?(\w+)\([^;]*$", text
    ):
        yield function or method


def row_of(room: str) -> str:
    """Return the line of a room in the map's tables, without what it may import."""
    lines = [line for line in MAP.splitlines() if re.match(rf"\| (?:`[^`]+`, )?`{re.escape(room)}`", line)]
    assert len(lines) == 1, f"{room} has one line"
    cells = lines[0].split(" | ")
    return " | ".join((*cells[:2], *cells[3:]))


@pytest.mark.parametrize("room", sorted({*DOORS, *(f"web/{room}" for room in WEB_DOORS)}))
def test_the_map_names_every_room(room: str) -> None:
    assert f"`{room.replace('.', '/')}`" in row_of(room.replace(".", "/"))


def test_the_map_names_every_door() -> None:
    def named(room: str) -> set[str]:
        (line,) = [line for line in MAP.splitlines() if line.startswith(f"| `{room}` |")]
        return set(re.findall(r"`([\w/]+)`", line.split(" | ")[2]))

    for room in DOORS.keys() - TOP:
        assert named(room) == DOORS[room], room
    for room in WEB_DOORS.keys() - {"ui", "locales"}:
        assert named(f"web/{room}") == {f"web/{door}" for door in WEB_DOORS[room]}, room


@pytest.mark.parametrize("room", sorted({*FLOORS, *(f"web/{room}" for room in web_fences.FLOORS)}))
def test_the_map_names_the_floors_of_a_room_in_their_order(room: str) -> None:
    floors = FLOORS.get(room) or web_fences.FLOORS[room.removeprefix("web/")]
    last = row_of(room).split(" | ")[-1]
    shown = re.findall(r"`([\w.]+)`(?: \([^)]*\))?(?: ·| \|)", last)
    assert [floor.removesuffix(".py") for floor in shown] == [floor for floor in floors if floor]


@pytest.mark.parametrize("folder", sorted({path.parent for path in product_modules().values()}), ids=str)
def test_the_map_names_every_folder(folder: Path) -> None:
    name = folder.relative_to(ROOT).as_posix()
    assert re.search(rf"`(?:{re.escape(name)}|{folder.name})`", MAP)


@pytest.mark.parametrize("folder", sorted({path.parent for path in web_fences.sources()}), ids=str)
def test_the_map_names_every_folder_of_the_browser(folder: Path) -> None:
    name = folder.relative_to(ROOT).as_posix()
    assert name in {"web", "web/lint", "web/bench", "web/conformance"} or re.search(
        rf"`(?:{re.escape(name)}|{folder.name})`", MAP
    )


def test_there_are_five_walks() -> None:
    assert len({step.walk for step in steps()}) == 5
    numbered = re.findall(r"(?m)^\d+\. ", section("Five walks"))
    assert len(numbered) == len(steps()), "each step is `file:function`"


@pytest.mark.parametrize("step", steps(), ids=lambda step: f"{step.file}:{step.function}")
def test_a_step_of_a_walk_exists(step: Step) -> None:
    assert step.function in defined(step.file)


def place_of(file: str) -> tuple[str, int]:
    """Return the room of a file, and how many floors of it stand above the file."""
    parts = Path(file).parts
    inside = web_fences.FLOORS if parts[0] == "web" else FLOORS
    room, rest = (parts[1], parts[2:]) if parts[0] == "web" else (parts[0], parts[1:])
    if room not in inside:
        return room, 0
    return room, inside[room].index(rest[0].removesuffix(".py") if parts[0] != "web" else rest[0])


def test_a_walk_goes_up_only_where_a_file_hands_over() -> None:
    up = []
    for before, step in zip(steps(), steps()[1:], strict=False):
        if before.walk != step.walk or step.handed:
            continue
        (old, depth), (room, deeper) = place_of(before.file), place_of(step.file)
        doors = WEB_DOORS if step.file.startswith("web/") else DOORS
        if deeper < depth if room == old else room not in doors[old]:
            up.append(f"{before.file} -> {step.file}")
    assert up == []


def test_the_map_lists_exactly_the_files_over_250_lines() -> None:
    listed = re.findall(
        r"(?m)^- `([^`]+)`: \w", section(f"Files over {LONG} lines, each with its one concept")
    )
    aside = re.compile(r"web/(?:test|bench|conformance)")
    long = [
        name
        for name in tracked(*PRODUCT)
        if name.endswith(CODE)
        and not aside.match(name)
        and len((ROOT / name).read_text(encoding="utf-8").splitlines()) > LONG
    ]
    assert sorted(listed) == sorted(long)


def answers() -> list[str]:
    """Return the rows of the table of questions."""
    return [line for line in section("Where is …?").splitlines()[3:] if line.startswith("| ")]


def test_the_map_answers_25_questions() -> None:
    assert len(answers()) == 25


@pytest.mark.parametrize("row", answers(), ids=lambda row: row.split(" | ")[0].strip("| "))
def test_an_answer_names_a_file_that_holds_it(row: str) -> None:
    parts = FILE.split(row)
    assert len(parts) > 1, "an answer names a file"
    for file, said in zip(parts[1::2], parts[2::2], strict=True):
        text = (ROOT / file).read_text(encoding="utf-8")
        for name in re.findall(r"`([^`]+)`", said):
            assert name in text, f"{name} in {file}"


def test_there_is_a_recipe_for_each_change_that_comes_back() -> None:
    assert set(re.findall(r"(?m)^## (.+)$", RECIPES)) == WANTED


@pytest.mark.parametrize("recipe", sorted(WANTED))
def test_a_recipe_names_files_that_exist(recipe: str) -> None:
    text = RECIPES.partition(f"\n## {recipe}\n")[2].partition("\n## ")[0]
    steps = re.findall(r"(?m)^(\d+)\. ", text)
    assert steps == [str(n + 1) for n in range(len(steps))]
    named = re.findall(r"`([\w-]+(?:/[\w.-]+)+)`", text)
    assert len(named) >= 2
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_a_recipe_names_commands_that_exist() -> None:
    assert {words.split()[0] for words in re.findall(r"`cje (\w[^`]*)`", RECIPES)} <= set(GROUPS)
    for module in re.findall(r"`python -m ([\w.]+)", RECIPES):
        assert module in product_modules()


def glossary() -> list[tuple[str, str, list[str]]]:
    """Return French, English and the names in the code of each line."""
    lines = [line.strip("| ").split(" | ") for line in GLOSSARY.splitlines() if line.startswith("| ")][1:]
    return [(french, english, re.findall(r"`(\w+)`", code)) for french, english, code in lines]


def test_the_glossary_says_each_french_word_once() -> None:
    french = [line[0] for line in glossary()]
    assert len(french) == len(set(french)) > 40
    assert all(english and names for _, english, names in glossary())


def test_each_name_of_the_glossary_occurs_in_the_code() -> None:
    code = [name for name in tracked(*PRODUCT) if name.endswith((".py", ".ts", ".tsx"))]
    words = {word for name in code for word in re.findall(r"\w+", (ROOT / name).read_text(encoding="utf-8"))}
    assert [name for _, _, names in glossary() for name in names if name not in words] == []


def test_the_drawing_is_made_from_the_imports_of_today() -> None:
    assert house.TARGET.read_text(encoding="utf-8") == house.drawing(), "run: python -m tools.house"
    seeds = {run_with_seed(seed) for seed in ("1", "2", "3")}
    assert seeds == {house.drawing()}, "the order of a set must not show"
    assert f"({house.TARGET.relative_to(DOCS).as_posix()})" in MAP


def run_with_seed(seed: str) -> str:
    """Draw in a process whose sets have another order."""
    command = [sys.executable, "-c", "from tools import house; print(house.drawing(), end='')"]
    env = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=60)
    return run.stdout


def test_the_drawing_sees_the_imports_that_the_fences_see() -> None:
    seen = house.room_arrows(house.python_imports())
    doors = {room: frozenset(all_room_imports(room)) for room in DOORS}
    assert {room: targets for room, targets in seen.items() if room in DOORS} == doors


def all_room_imports(room: str) -> set[str]:
    """Return the rooms that a room imports at run time, by the fences' own reading."""
    return {
        room_of(one.name)
        for one in all_imports()
        if room_of(one.module) == room and room_of(one.name) in DOORS.keys() - {room}
    }


def test_an_arrow_that_others_imply_is_left_out() -> None:
    arrows = {
        "top": frozenset({"middle", "ground"}),
        "middle": frozenset({"ground"}),
        "ground": frozenset[str](),
    }
    assert house.shortest("top", arrows) == {"middle"}
    assert house.storey("top", arrows) == 2


def test_the_map_fits_on_some_screens() -> None:
    assert len(MAP.splitlines()) <= 200
