"""A vector as a file: sorted JSON that holds what its scenario is about, over a world that it shares.

A world (`worlds/<name>.json`) holds arguments and an answer. A vector that names it takes from there each
argument that it does not hold itself, and its answer with the parts of `differs` replaced.
A long text of one character over and over is written by its length.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from difference import differences, patched

Vector = dict[str, Any]

FOLDER: Final = Path(__file__).resolve().parent
WORLDS: Final = "worlds"
# What a vector says of itself, and what it only says in its file.
ABOUT: Final = frozenset({"name", "expect", "value"})
_HEAD: Final = 5
_LONG: Final = 8_192


def vector_paths() -> list[Path]:
    """Return the file of every scenario."""
    return [path for path in sorted(FOLDER.glob("*/*.json")) if path.parent.name != WORLDS]


def encoded(vector: Vector) -> bytes:
    """Return a file's bytes."""
    return (json.dumps({**vector, **_shortened(vector)}, indent=1, sort_keys=True) + "\n").encode("ascii")


def over(name: str, world: Vector, vector: Vector) -> Vector:
    """Return what a vector holds over a world: its own arguments, and where its answer differs."""
    kept = ABOUT | {"op"}
    own = {key: part for key, part in vector.items() if key in kept or differences(world.get(key), part)}
    own |= {key: None for key, part in vector.items() if part is None and key not in world}
    if "value" in own and "value" in world:
        differs = differences(world["value"], own["value"])
        if len(json.dumps(differs)) < len(json.dumps(own["value"])):
            del own["value"]
            own["differs"] = differs
    return {**own, "world": name}


def read(path: Path) -> Vector:
    """Read a file; arguments, answer and `text` are in full again."""
    vector: Vector = json.loads(path.read_text(encoding="ascii"))
    if isinstance(written := vector.get("text"), dict):
        assert written.keys() == {"head", "filling", "length"} and len(written["filling"]) == 1
        vector["text"] = written["head"].ljust(written["length"], written["filling"])
    return vector if "world" not in vector else _in_world(vector)


@cache
def read_world(name: str) -> Mapping[str, Any]:
    """Read a world."""
    world: Vector = json.loads((FOLDER / WORLDS / f"{name}.json").read_text(encoding="ascii"))
    return world


def _in_world(vector: Vector) -> Vector:
    world = read_world(vector.pop("world"))
    assert world["op"] == vector["op"]
    arguments = {key: part for key, part in world.items() if key != "value"}
    if "differs" in vector:
        assert "value" not in vector
        vector["value"] = patched(world["value"], vector.pop("differs"))
    return {**arguments, **vector}


def _shortened(vector: Vector) -> Vector:
    text = vector.get("text", "")
    filling = set(text[_HEAD:])
    if len(text) <= _LONG or len(filling) != 1:
        return {}
    return {"text": {"head": text[:_HEAD], "filling": filling.pop(), "length": len(text)}}
