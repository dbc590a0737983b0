"""The project's one form of CBOR (RFC 8949 §4.2.1): integers, bytes, text, arrays, maps, booleans and null.

`cbor2` decodes; what it decoded is encoded again and compared byte by byte, which refuses every other form of
the same value. Only bytes whose signature or seal holds come here (voucher-v1 §1.2): the outer layers of
our objects have a fixed layout that other modules read without a decoder.
"""

from __future__ import annotations

from typing import TypeAlias

import cbor2

from voucher.caps import MAX_DEPTH
from voucher.errors import Malformed

# RFC 8949 §3: what one of our objects may hold. Keys of a map are integers or text.
Value: TypeAlias = "int | bytes | str | bool | list[Value] | dict[int | str, Value] | None"

# The TypeScript reader counts in IEEE 754 doubles.
MAX_INTEGER = 2**53 - 1


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
    try:
        value: Value = cbor2.loads(data)
        same = dumps(value) == data
    except Malformed:
        raise
    except Exception as error:  # a hostile signer may make the library raise what it likes
        raise Malformed("CBOR") from error
    if not same:
        raise Malformed("CBOR: another form of the same value")
    return value


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
    pairs = sorted((cbor2.dumps(key), key, item) for key, item in mapping.items()) if mapping else []
    return {key: _ordered(item, depth - 1) for _, key, item in pairs}  # type: ignore[misc]
