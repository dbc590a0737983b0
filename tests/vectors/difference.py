"""What differs between two JSON values, by JSON Pointer (RFC 6901): ``{"/offers/0/title": "T"}``."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Differences = dict[str, Any]


def differences(base: Any, value: Any, at: str = "") -> Differences:
    """Return the parts of `value` that `base` has otherwise, as deep as both have one shape."""
    match base, value:
        case dict(), dict() if base.keys() == value.keys():
            pairs = [(key, base[key], value[key]) for key in base]
        case list(), list() if len(base) == len(value):
            pairs = [(str(i), *both) for i, both in enumerate(zip(base, value, strict=True))]
        case _:
            return {} if type(base) is type(value) and base == value else {at: value}
    found: Differences = {}
    for key, one, other in pairs:
        assert not {"/", "~"} & set(key), "a key that a pointer would have to escape"
        found |= differences(one, other, f"{at}/{key}")
    return found


def patched(base: Any, changes: Differences) -> Any:
    """Return `base` with these parts replaced.

    Raises:
        LookupError: a pointer leads to nothing in `base`.
    """
    value = deepcopy(base)
    for pointer, part in changes.items():
        if not pointer:
            return deepcopy(part)
        if not pointer.startswith("/"):
            raise LookupError(pointer)
        *way, last = pointer.split("/")[1:]
        place = value
        for key in way:
            place = place[_key(place, key)]
        place[_key(place, last)]  # it must be there
        place[_key(place, last)] = deepcopy(part)
    return value


def _key(place: Any, key: str) -> Any:
    return int(key) if isinstance(place, list) else key
