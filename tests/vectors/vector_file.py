"""A vector as a file: sorted JSON, a long text of one character over and over by its length."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

_HEAD: Final = 5
_LONG: Final = 8_192


def encoded(vector: dict[str, Any]) -> bytes:
    """Return the file's bytes."""
    return (json.dumps({**vector, **_told(vector)}, indent=1, sort_keys=True) + "\n").encode("ascii")


def read(path: Path) -> dict[str, Any]:
    """Read a file; `text` is in full again."""
    vector: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
    if isinstance(told := vector.get("text"), dict):
        assert told.keys() == {"head", "filling", "length"} and len(told["filling"]) == 1
        vector["text"] = told["head"].ljust(told["length"], told["filling"])
    return vector


def _told(vector: dict[str, Any]) -> dict[str, Any]:
    text = vector.get("text", "")
    filling = set(text[_HEAD:])
    if len(text) <= _LONG or len(filling) != 1:
        return {}
    return {"text": {"head": text[:_HEAD], "filling": filling.pop(), "length": len(text)}}
