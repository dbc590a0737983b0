"""The worlds that vectors share: each operation's first scenario, and each list of several."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from vector_file import ABOUT, WORLDS, Vector, over

# By operation: the arguments that make two scenarios happen in one world.
SHARED: Final[Mapping[str, tuple[str, ...]]] = {
    "decide": ("anchor", "trust", "till"),
    "decide_typed": ("anchor", "trust", "till", "key"),
    "anchor": (),
    "successor": ("anchor",),
    "trust": ("anchor",),
    "pairing": ("anchor",),
    "bundle_content": (),
    "export": (),
}
# By operation: the list in its answer whose length decides how deep two answers can be compared.
COUNTED: Final[Mapping[str, tuple[str, ...]]] = {
    "trust": ("value", "offers"),
    "bundle_content": ("entries",),
}
# What is read: each scenario's own.
_READ: Final = frozenset({"text", "data"})


def with_worlds(vectors: Mapping[str, Vector]) -> dict[str, Vector]:
    """Return what every file holds, worlds among them, by its path."""
    groups = _groups(vectors)
    files: dict[str, Vector] = {}
    chosen: dict[str, str] = {}
    for op in SHARED:
        of_op = [names for key, names in groups.items() if key[0] == op]
        for names in of_op:
            if names is of_op[0] or (len(names) > 1 and "value" in vectors[names[0]]):
                world = op if names is of_op[0] else f"{op}-{PurePosixPath(names[0]).stem}"
                files[f"{WORLDS}/{world}.json"] = _world(op, [vectors[name] for name in names])
                chosen |= dict.fromkeys(names, world)
    for name, vector in vectors.items():
        world = chosen.get(name, vector["op"] if vector["op"] in SHARED else None)
        files[name] = vector if world is None else over(world, files[f"{WORLDS}/{world}.json"], vector)
    return files


def _groups(vectors: Mapping[str, Vector]) -> dict[tuple[str, ...], list[str]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, vector in vectors.items():
        if vector["op"] in SHARED:
            shared = (json.dumps(vector[key], sort_keys=True) for key in SHARED[vector["op"]])
            groups.setdefault((vector["op"], *shared, _count(vector)), []).append(name)
    return groups


def _count(vector: Vector) -> str:
    """Return how many offers or entries are answered; of a refusal, none are, and any world will do."""
    part = vector.get("value")
    for key in COUNTED.get(vector["op"], ()):
        part = part and part[key]
    return str(len(part)) if part and vector["op"] in COUNTED else ""


def _world(op: str, vectors: list[Vector]) -> dict[str, Any]:
    """Return the arguments of the first of these, and the first answer."""
    world = {key: part for key, part in vectors[0].items() if key not in ABOUT | _READ}
    answered = next((vector for vector in vectors if "value" in vector), None)
    return {**world, "op": op, **({} if answered is None else {"value": answered["value"]})}
