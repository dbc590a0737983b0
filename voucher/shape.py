"""Reading the fields of a decoded CBOR map: each with its type and bounds, none missing, none unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from voucher.cbor import Value
from voucher.errors import Malformed, UpdateApp

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

T = TypeVar("T", int, bytes, str)


class Fields:
    """A map with small integer keys, as all our payloads are. Every reader raises Malformed."""

    __slots__ = ("_map",)

    def __init__(self, value: Value, required: Iterable[int], optional: Iterable[int] = ()) -> None:
        """Take a decoded value that must be a map with all `required` keys, and may have `optional` ones.

        Raises:
            Malformed: not a map, or a key is missing.
            UpdateApp: all are there and others besides: a newer version.
        """
        wanted = set(required)
        if not isinstance(value, dict) or not wanted <= value.keys():
            raise Malformed("fields missing")
        if not value.keys() <= wanted | set(optional):
            raise UpdateApp("fields of a newer version")
        self._map = value

    def __contains__(self, key: int) -> bool:
        return key in self._map

    def integer(self, key: int, low: int, high: int) -> int:
        value = self._map[key]
        if type(value) is not int or not low <= value <= high:
            raise Malformed(f"field {key}: integer {low}..{high}")
        return value

    def boolean(self, key: int) -> bool:
        value = self._map[key]
        if not isinstance(value, bool):
            raise Malformed(f"field {key}: boolean")
        return value

    def text(self, key: int, low: int, high: int) -> str:
        value = self._map[key]
        if not isinstance(value, str) or not low <= len(value) <= high:
            raise Malformed(f"field {key}: text of {low}..{high} characters")
        return value

    def one_of(self, key: int, allowed: tuple[str, ...]) -> str:
        """A word of a closed list.

        Raises:
            UpdateApp: text that is not in the list: a newer version's.
        """
        value = self._map[key]
        if not isinstance(value, str):
            raise Malformed(f"field {key}: text")
        if value not in allowed:
            raise UpdateApp(f"field {key}: a value of a newer version")
        return value

    def slug(self, key: int) -> str:
        """A name in an address or a path: lower-case ASCII words with hyphens between, 1..60 characters."""
        value = self.text(key, 1, 60)
        if not _SLUG.fullmatch(value):
            raise Malformed(f"field {key}: slug")
        return value

    def data(self, key: int, low: int, high: int) -> bytes:
        value = self._map[key]
        if not isinstance(value, bytes) or not low <= len(value) <= high:
            raise Malformed(f"field {key}: {low}..{high} bytes")
        return value

    def optional_text(self, key: int, high: int) -> str | None:
        return None if self._map[key] is None else self.text(key, 0, high)

    def optional_data(self, key: int, high: int) -> bytes | None:
        return None if self._map[key] is None else self.data(key, 1, high)

    def optional_integer(self, key: int, low: int, high: int) -> int | None:
        return None if self._map[key] is None else self.integer(key, low, high)

    def items(self, key: int) -> list[Value]:
        value = self._map[key]
        if not isinstance(value, list):
            raise Malformed(f"field {key}: list")
        return value

    def list_of(self, key: int, kind: type[T]) -> list[T]:
        found = [item for item in self.items(key) if type(item) is kind]
        if len(found) != len(self.items(key)):
            raise Malformed(f"field {key}: list of {kind.__name__}")
        return found
