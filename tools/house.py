"""Draw the house from its imports: `python -m tools.house` writes docs/pictures/house.svg.

A room is a box, a floor is a line in it, and an arrow goes from a room to each room that it imports. An arrow
that other arrows already imply is left out. The same imports give the same bytes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "docs" / "pictures" / "house.svg"
PYTHON: Final = ("catalogue", "cje", "desk", "issuer", "reconcile", "site_builder", "verifier", "voucher")
BROWSER: Final = ("wallet", "till", "site", "verifier", "voucher", "ui", "locales")
TOP: Final = ("cje.cli", "cje.demo")  # the command and the demo stand above all rooms, their ground below
WIDTH, LINE, PAD, GAP, RISE = 150, 17, 10, 40, 64  # in pixels
_IMPORT: Final = re.compile(r"""(?m)^(?:import|export)\s+(?!type\b)[^;]*?["'](\.[^"']+)["']""")

Arrows = Mapping[str, frozenset[str]]
Point = tuple[int, int]


class Box(NamedTuple):
    """A room in the drawing, with its floors from the top down."""

    room: str
    floors: tuple[str, ...]
    x: int
    y: int

    @property
    def height(self) -> int:
        return 2 * PAD + LINE * (1 + len(self.floors))


def main() -> None:
    """Write the drawing."""
    TARGET.write_text(drawing(), encoding="utf-8", newline="\n")


def drawing() -> str:
    """Return the drawing as SVG."""
    python, browser = python_imports(), browser_imports()
    left = boxes(python, 0)
    right = boxes(browser, max(box.x for box in left) + WIDTH + 3 * GAP)
    everything = (*left, *right)
    width = max(box.x for box in everything) + WIDTH + GAP
    height = max(box.y + box.height for box in everything) + GAP
    arrows = [*lines_between(left, room_arrows(python)), *lines_between(right, room_arrows(browser))]
    parts = [*arrows, *(part for box in everything for part in drawn(box))]
    return _SVG.format(width=width, height=height, body="\n".join(parts))


def python_imports() -> dict[str, set[str]]:
    """Return what each place (`room/floor`) in Python imports at run time."""
    found: dict[str, set[str]] = {}
    for folder in PYTHON:
        for path in sorted((ROOT / folder).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            names = {place(name) for name in _names(ast.parse(path.read_text(encoding="utf-8")))}
            found.setdefault(place(module), set()).update(names)
    return found


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in PYTHON)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PYTHON:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from _names(node)


def place(module: str) -> str:
    """Return the room and the floor of a module: `issuer/cards`; files beside the floors have none."""
    parts = module.split(".")
    room = ".".join(parts[:2]) if ".".join(parts[:2]) in TOP or module == "cje.__main__" else parts[0]
    room = "cje.cli" if module == "cje.__main__" else room
    rest = parts[room.count(".") + 1 :]
    return (
        f"{room}/{rest[0]}"
        if rest and (ROOT.joinpath(*parts[: room.count(".") + 2])).is_dir()
        else f"{room}/"
    )


def browser_imports() -> dict[str, set[str]]:
    """Return what each place in TypeScript imports at run time."""
    found: dict[str, set[str]] = {}
    for room in BROWSER:
        for path in sorted((ROOT / "web" / room).rglob("*.ts*")):
            names = _IMPORT.findall(path.read_text(encoding="utf-8"))
            found.setdefault(_browser_place(path), set()).update(
                _browser_place((path.parent / name).resolve()) for name in names
            )
    return found


def _browser_place(path: Path) -> str:
    room, *rest = path.relative_to(ROOT / "web").parts
    return f"web/{room}/{rest[0] if len(rest) > 1 else ''}".replace("web/", "web.", 1)


def room_arrows(imports: Mapping[str, Iterable[str]]) -> Arrows:
    """Return which rooms each room imports."""
    rooms = {here.split("/")[0] for here in imports}
    return {
        room: frozenset(
            there.split("/")[0]
            for here, targets in imports.items()
            if here.split("/")[0] == room
            for there in targets
        )
        & rooms - {room}
        for room in sorted(rooms)
    }


def shortest(room: str, arrows: Arrows) -> frozenset[str]:
    """Return the rooms that a room imports, without those that another of them imports too."""
    return frozenset(
        there for there in arrows[room] if not any(there in reached(other, arrows) for other in arrows[room])
    )


def reached(room: str, arrows: Arrows) -> frozenset[str]:
    """Return the rooms below a room."""
    return frozenset(arrows[room]).union(*(reached(there, arrows) for there in arrows[room]))


def storey(room: str, arrows: Arrows) -> int:
    """Return how many rooms stand one on the other below this one."""
    return max((1 + storey(there, arrows) for there in arrows[room]), default=0)


def floors(room: str, imports: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the folders of a room from the top down, as its imports order them."""
    mine = {here: set(there) for here, there in imports.items() if here.split("/")[0] == room}
    names = {here for here in mine if not here.endswith("/")}
    below: dict[str, frozenset[str]] = {here: frozenset((mine[here] & names) - {here}) for here in names}
    return tuple(here.split("/")[1] for here in sorted(names, key=lambda here: (-storey(here, below), here)))


def boxes(imports: Mapping[str, Iterable[str]], x: int) -> tuple[Box, ...]:
    """Place the rooms: who imports nobody stands at the bottom."""
    arrows = room_arrows(imports)
    levels: dict[int, list[str]] = {}
    highest = max(storey(room, arrows) for room in arrows)
    for room in arrows:
        levels.setdefault(highest if room in TOP else storey(room, arrows), []).append(room)
    placed: list[Box] = []
    y, widest = GAP, max(len(rooms) for rooms in levels.values())
    for level in sorted(levels, reverse=True):
        rooms = levels[level]
        start = x + GAP + (widest - len(rooms)) * (WIDTH + GAP) // 2
        row = [Box(room, floors(room, imports), start + n * (WIDTH + GAP), y) for n, room in enumerate(rooms)]
        placed += row
        y += max(box.height for box in row) + RISE
    return tuple(placed)


def drawn(box: Box) -> Iterator[str]:
    """Yield the marks of one room."""
    name = box.room.replace(".", "/")
    yield f'<rect class="room" x="{box.x}" y="{box.y}" width="{WIDTH}" height="{box.height}" rx="6"/>'
    yield f'<text class="name" x="{box.x + PAD}" y="{box.y + PAD + 12}">{name}/</text>'
    for n, floor in enumerate(box.floors, 1):
        y = box.y + PAD + n * LINE
        yield f'<line class="floor" x1="{box.x}" y1="{y}" x2="{box.x + WIDTH}" y2="{y}"/>'
        yield f'<text x="{box.x + 2 * PAD}" y="{y + 13}">{floor}</text>'


def lines_between(placed: Sequence[Box], arrows: Arrows) -> Iterator[str]:
    """Yield the arrows, each from the foot of a room to the roof of another, past the rooms between."""
    by_room, arrows = {box.room: box for box in placed}, {room: shortest(room, arrows) for room in arrows}
    above: dict[str, list[str]] = {}
    for room in sorted(arrows, key=lambda room: (by_room[room].x, room)):
        for there in arrows[room]:
            above.setdefault(there, []).append(room)
    taken: set[tuple[int, int]] = set()
    for room in sorted(arrows):
        targets = sorted(arrows[room], key=lambda name: (by_room[name].x, name))
        for n, there in enumerate(targets, 1):
            start, end = by_room[room], by_room[there]
            share = (above[there].index(room) + 1) * WIDTH // (len(above[there]) + 1)
            foot = start.x + n * WIDTH // (len(targets) + 1), start.y + start.height
            roof = end.x + share, end.y - 3
            yield arrow([foot, *lanes(placed, foot, roof, start.y, taken), roof])


def lanes(
    placed: Sequence[Box], foot: Point, roof: Point, start: int, taken: set[tuple[int, int]]
) -> Iterator[Point]:
    """Yield where an arrow enters and leaves the free lane of each row of rooms that it passes."""
    for y in sorted({box.y for box in placed if start < box.y < roof[1]}):
        row = [box for box in placed if box.y == y]
        straight = foot[0] + (roof[0] - foot[0]) * (y - foot[1]) // (roof[1] - foot[1])
        free = [
            x
            for x in range(min(box.x for box in placed) - GAP, max(box.x for box in placed) + WIDTH + GAP, 6)
            if (x, y) not in taken and not any(box.x - 8 < x < box.x + WIDTH + 8 for box in row)
        ]
        x = min(free, key=lambda x: (abs(x - straight), x))
        taken.add((x, y))
        yield x, y
        yield x, max(box.y + box.height for box in row)


def arrow(points: Sequence[Point]) -> str:
    """Return one arrow: curves between rows, straight lines beside them."""
    (x, y), *rest = points
    path = [f"M{x} {y}"]
    for n, (x2, y2) in enumerate(rest):
        bend = (y2 - y) // 2
        path.append(f"V{y2}" if n % 2 else f"C{x} {y + bend} {x2} {y2 - bend} {x2} {y2}")
        x, y = x2, y2
    return f'<path class="arrow" d="{"".join(path)}"/>'


_SVG: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<title>The rooms of the house, their floors, and which room imports which</title>
<style>
svg {{ background: #fff; font: 13px system-ui, sans-serif }}
text {{ fill: #1f2328 }} .name {{ font-weight: 700 }}
.room {{ fill: #f6f8fa; stroke: #59636e; stroke-width: 1.5 }}
.floor {{ stroke: #d1d9e0 }}
.arrow {{ fill: none; stroke: #0969da; stroke-width: 1.5; marker-end: url(#tip) }} .tip {{ fill: #0969da }}
@media (prefers-color-scheme: dark) {{
svg {{ background: #0d1117 }} text {{ fill: #f0f6fc }}
.room {{ fill: #151b23; stroke: #9198a1 }} .floor {{ stroke: #3d444d }}
.arrow {{ stroke: #4493f8 }} .tip {{ fill: #4493f8 }}
}}
</style>
<marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path class="tip" d="M0 0 8 4 0 8z"/></marker>
{body}
</svg>
"""

if __name__ == "__main__":
    main()
