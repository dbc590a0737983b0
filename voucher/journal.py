"""A till's journal on the wire: rows, their hash chain and the signed export (journal-v1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import IntEnum
from operator import attrgetter, call
from typing import Final, TypeGuard

from voucher import cbor, ed25519
from voucher.cbor import Value
from voucher.errors import BadSignature, Malformed, TooBig, UpdateApp

KIND: Final = "cje-journal"
VERSION: Final = 1
HASH_SIZE: Final = 32
MAX_EXPORT: Final = 256 * 1024 * 1024
_FIRST: Final = b"cje-journal-v1"
_TAG_ARRAY: Final = b"\xd2\x84"


class Kind(IntEnum):
    """What a row records."""

    ACCEPTED = 0
    REFUSED = 1
    VOID = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One row, in the order of journal-v1 §1. Times in seconds, money in cents."""

    n: int
    time: int
    effective: int
    kind: Kind
    verdict: str
    kid: bytes | None
    cti: bytes | None
    seq: int | None
    offer: int | None
    amount: int | None
    saving: int | None
    offset: int | None
    list_version: int
    evidence: bytes | None
    voids: int | None = None
    reason: str | None = None


_FIELDS: Final = attrgetter(*(field.name for field in fields(Row)))  # `astuple` copies, ten times as slow


@dataclass(frozen=True, slots=True)
class Export:
    """A signed run of rows `first..last` of one till; `before` and `after` are hashes of the chain."""

    partner: str
    till: str
    key: bytes
    first: int
    last: int
    before: bytes
    after: bytes
    rows: tuple[Row, ...]


def encode_row(row: Row) -> bytes:
    """Return a row in its one byte form."""
    return cbor.dumps(_row_value(row))


def first_hash(till_key: bytes) -> bytes:
    """Return hash(0) of a till's chain, from its public key (32 bytes)."""
    return hashlib.sha256(_FIRST + till_key).digest()


def next_hash(before: bytes, row: bytes) -> bytes:
    """Return hash(n) from hash(n−1) and the bytes of row n."""
    return hashlib.sha256(before + row).digest()


def encode_export(export: Export) -> bytes:
    """Return the payload that the till's key signs."""
    rows = [_row_value(row) for row in export.rows]
    head: list[object] = [VERSION, export.partner, export.till, export.key, export.first, export.last]
    return cbor.dumps([*head, export.before, export.after, rows])


def signing_input(payload: bytes, till_key: bytes) -> bytes:
    """Return the Sig_structure that the till signs."""
    return cbor.dumps(["Signature1", header(till_key), b"", payload])


def assemble(payload: bytes, till_key: bytes, signature: bytes) -> bytes:
    """Return the export file."""
    parts: tuple[object, ...] = (header(till_key), {}, payload, signature)
    return _TAG_ARRAY + b"".join(cbor.dumps(part) for part in parts)


def decode_export(data: bytes) -> Export:
    """Read an export: its signature by the key that it names, its chain, its numbering.

    Whether that key belongs to a known till is the reader's matter.

    Raises:
        TooBig, Malformed, UpdateApp, BadSignature: the first check that fails.
    """
    if len(data) > MAX_EXPORT:
        raise TooBig("journal export")
    if data[:2] != _TAG_ARRAY:
        raise Malformed("not a journal export")
    parts = cbor.loads(b"\x84" + data[2:])
    match parts:
        case [bytes(found), dict(empty), bytes(payload), bytes(signature)] if not empty:
            export = _read_payload(payload)
        case _:
            raise Malformed("journal export: layout")
    if found != header(export.key):
        raise Malformed("journal export: header")
    if not ed25519.verify(export.key, signing_input(payload, export.key), signature):
        raise BadSignature("journal export")
    _check_chain(export)
    return export


def _read_payload(payload: bytes) -> Export:
    parts = cbor.loads(payload)
    version = parts[0] if isinstance(parts, list) and parts else None
    if type(version) is int and version != VERSION:
        raise UpdateApp("journal export of another version")
    # `version` may be True, which a pattern would take for 1; so would `first` and `last`.
    match parts:
        case [_, str(partner), str(till), bytes(key), int(first), int(last), before, after, list(rows)]:
            if type(version) is not int or not (_is_uint(first) and _is_uint(last)):
                raise Malformed("journal export: run")
            if not (_is_hash(before) and _is_hash(after)):
                raise Malformed("journal export: hashes")
            ed25519.check_key(key)
            read = tuple(map(read_row, rows))
            return Export(partner, till, key, first, last, bytes(before), bytes(after), read)
    raise Malformed("journal export: payload")


def _is_uint(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_hash(value: object) -> TypeGuard[bytes]:
    return isinstance(value, bytes) and len(value) == HASH_SIZE


def _check_chain(export: Export) -> None:
    complete = export.first >= 1 and export.last == export.first + len(export.rows) - 1
    if not complete or any(row.n != export.first + i for i, row in enumerate(export.rows)):
        raise Malformed("journal export: a row is missing or out of place")
    if export.first == 1 and export.before != first_hash(export.key):
        raise Malformed("journal export: chain does not start at the till's key")
    value = export.before
    for row in export.rows:
        value = next_hash(value, encode_row(row))
    if value != export.after:
        raise Malformed("journal export: chain does not hold")


def header(till_key: bytes) -> bytes:
    """Return the protected header of a till's exports."""
    return cbor.dumps({1: -19, 4: ed25519.kid(till_key), 16: KIND})


def _row_value(row: Row) -> list[object]:
    return [int(item) if isinstance(item, Kind) else item for item in _FIELDS(row)]


_Check = Callable[[object], bool]


def _or_null(check: _Check) -> _Check:
    return lambda value: value is None or check(value)


def _is_int(value: object) -> bool:
    return type(value) is int


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes)


_CHECKS: Final[tuple[_Check, ...]] = (
    *(_is_uint,) * 4,
    _is_text,
    *(_or_null(_is_bytes),) * 2,
    *(_or_null(_is_uint),) * 4,
    _or_null(_is_int),
    _is_uint,
    _or_null(_is_bytes),
    _or_null(_is_uint),
    _or_null(_is_text),
)


def read_row(item: Value) -> Row:
    """Read a row from its decoded CBOR.

    Raises:
        Malformed, UpdateApp: it is none, or of a newer kind.
    """
    if not isinstance(item, list) or len(item) != len(_CHECKS):
        raise Malformed("journal row: shape")
    if not all(map(call, _CHECKS, item)):
        raise Malformed("journal row: types")
    try:
        kind = Kind(item[3])  # type: ignore[arg-type]
    except ValueError:
        raise UpdateApp("journal row of a newer kind") from None
    return Row(*item[:3], kind, *item[4:])  # type: ignore[call-arg, arg-type]
