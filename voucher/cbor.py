"""The project's one form of CBOR (RFC 8949 §4.2.1): integers, bytes, text, arrays, maps, booleans and null.

The reader is our own: it can read nothing but the one form, so that nothing is compared afterwards.
A general decoder obeys tags, and a file of 400 bytes whose tags 28 and 29 refer to each other then unfolds
into more than any memory holds. `cbor2` writes, and is the reader's oracle in tests. Only bytes whose
signature or seal holds come here (voucher-v1 §1.2), a till's export aside, which names its own key.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import cbor2

from voucher.caps import MAX_DEPTH
from voucher.errors import Malformed

# RFC 8949 §3: what one of our objects may hold. Keys of a map are integers or text.
Value: TypeAlias = "int | bytes | str | bool | list[Value] | dict[int | str, Value] | None"

# The TypeScript reader counts in IEEE 754 doubles.
MAX_INTEGER = 2**53 - 1

_SIMPLE: Final[dict[int, Value]] = {0xF4: False, 0xF5: True, 0xF6: None}
_KEY_TYPES: Final = (0, 1, 3)  # unsigned, negative, text
# RFC 8949 §3: how many bytes hold the argument; 28 to 31 are reserved or of indefinite length.
_WIDTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}


def dumps(value: object) -> bytes:
    """Encode deterministically.

    Raises:
        Malformed: a value of another type, an integer beyond ±(2^53 − 1), half of a surrogate pair, or
            nesting beyond the cap.
    """
    try:
        encoded: bytes = cbor2.dumps(_ordered(value, MAX_DEPTH))
    except UnicodeEncodeError:
        raise Malformed("CBOR: text is not Unicode") from None
    return encoded


def loads(data: bytes) -> Value:
    """Decode bytes that are in their one form.

    Raises:
        Malformed: anything else, including trailing bytes and every other encoding of the same value.
    """
    value, end = _read(data, 0, MAX_DEPTH)
    if end != len(data):
        raise Malformed("CBOR: trailing bytes")
    return value


def item(data: bytes, at: int) -> tuple[Value, int]:
    """Decode the one item that begins at `at`, as in `loads`; return it and where it ends.

    Raises:
        Malformed: it is not in its one byte form, or the bytes end before it does.
    """
    return _read(data, at, MAX_DEPTH)


def _read(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    """Read one item at `at`; return it and where it ends."""
    if depth == 0:
        raise Malformed("CBOR: nested too deep")
    if at >= len(data):
        raise Malformed("CBOR: ends early")
    first = data[at]
    if first in _SIMPLE:
        return _SIMPLE[first], at + 1
    size, at = _read_head(data, at, first & 31)
    match first >> 5:
        case 0:
            return _bounded(size), at
        case 1:
            return _bounded(-1 - size), at
        case 2:
            return _take(data, at, size), at + size
        case 3:
            return _text(_take(data, at, size)), at + size
        case 4:
            return _read_array(data, at, size, depth - 1)
        case 5:
            return _read_map(data, at, size, depth - 1)
    raise Malformed("CBOR: type")


def _read_head(data: bytes, at: int, info: int) -> tuple[int, int]:
    """Read the argument of the head at `at`, in its shortest form; return it and where the head ends."""
    if info < 24:
        return info, at + 1
    width = _WIDTHS.get(info)
    if width is None:
        raise Malformed("CBOR: indefinite or reserved length")
    end = at + 1 + width
    value = int.from_bytes(data[at + 1 : end])
    if end > len(data) or value < (24 if width == 1 else 1 << (4 * width)):
        raise Malformed("CBOR: not in its shortest form")
    return value, end


def _take(data: bytes, at: int, size: int) -> bytes:
    if at + size > len(data):
        raise Malformed("CBOR: ends early")
    return data[at : at + size]


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("CBOR: text is not UTF-8") from None


def _read_array(data: bytes, at: int, size: int, depth: int) -> tuple[Value, int]:
    items: list[Value] = []
    while len(items) < size:
        item, at = _read(data, at, depth)
        items.append(item)
    return items, at


def _read_map(data: bytes, at: int, size: int, depth: int) -> tuple[Value, int]:
    items: dict[int | str, Value] = {}
    last = b""
    for _ in range(size):
        # Looked at before it is read: a map as the key of a map as the key of a map would have no end.
        if at >= len(data) or data[at] >> 5 not in _KEY_TYPES:
            raise Malformed("CBOR: key of a map")
        key, end = _read(data, at, depth)
        encoded = data[at:end]
        if encoded <= last:
            raise Malformed("CBOR: keys of a map not sorted and distinct")
        items[key], at = _read(data, end, depth)  # type: ignore[index]
        last = encoded
    return items, at


def _ordered(value: object, depth: int) -> Value:
    if depth == 0:
        raise Malformed("CBOR: nested too deep")
    kind = type(value)  # exact: True is not an integer here, a CBOR tag's datetime is nothing
    if kind in (bytes, str, bool) or value is None:
        return value  # type: ignore[return-value]
    if kind is int:
        return _bounded(value)  # type: ignore[arg-type]
    if kind is list:
        return [_ordered(item, depth - 1) for item in value]  # type: ignore[attr-defined]
    if kind is dict:
        return _ordered_map(value, depth)  # type: ignore[arg-type]
    raise Malformed(f"CBOR: {kind.__name__}")


def _bounded(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise Malformed("CBOR: integer beyond 2^53")
    return value


def _ordered_map(mapping: dict[object, object], depth: int) -> dict[int | str, Value]:
    """Sort keys by their encoding, bytewise: cbor2's own canonical order is the older, length-first one."""
    if any(type(key) not in (int, str) for key in mapping):
        raise Malformed("CBOR: key of a map")
    pairs = sorted((cbor2.dumps(key), key, item) for key, item in mapping.items())
    return {key: _ordered(item, depth - 1) for _, key, item in pairs}  # type: ignore[misc]
