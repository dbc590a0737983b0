"""A till's export, walked row by row: journal-v1 §2 without holding what it says in memory.

The rows that tills write all day have one layout, read here by one expression; any other row goes to the
strict reader of `voucher.journal`, whose word is law: whatever is refused here is refused by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from reconcile.rows.evidence import look
from reconcile.rows.typed_codes import named
from verifier.verdict import MEANINGS, Verdict
from voucher import cbor, ed25519
from voucher.caps import CLOCK_SLACK, LIVE_FUTURE, LIVE_PAST, MAX_OFFER, MAX_TIME, MIN_TIME
from voucher.civil import period_start
from voucher.claims import Period
from voucher.errors import BadSignature, Malformed, TooBig, UpdateApp
from voucher.journal import (
    HASH_SIZE,
    MAX_EXPORT,
    VERSION,
    Kind,
    Row,
    first_hash,
    header,
    read_row,
    signing_input,
)

_TAG_ARRAY: Final = b"\xd2\x84"
_UINT: Final = rb"([\x00-\x17]|\x18[\x18-\xff]|\x19[\x01-\xff].|\x1a(?!\x00\x00).{4})"
_UINT_OR_NULL: Final = rb"([\x00-\x17\xf6]|\x18[\x18-\xff]|\x19[\x01-\xff].|\x1a(?!\x00\x00).{4})"
_INT: Final = rb"([\x00-\x17\x20-\x37\xf6]|[\x18\x38][\x18-\xff]|[\x19\x39][\x01-\xff].)"
_ROW: Final = re.compile(
    rb"(?s)\x90" + _UINT + rb"\x1a(?!\x00\x00)(.{4})\x1a(?!\x00\x00)(.{4})([\x00\x01])([\x60-\x77][a-z_]*)"
    rb"\x44(.{4})\x50(.{16})"
    + (_UINT_OR_NULL * 4)
    + _INT
    + _UINT
    + rb"(?:\x58([\x18-\xff])|\x59([\x01-\xff].))"
)
_CODE: Final = re.compile(rb"[0-9A-HJKMNP-TV-Z]{12}")
_NOTHING_MORE: Final = b"\xf6\xf6"

# What is wrong with a row by itself, as bits; 0 for a row as an honest till writes it.
UNPROVEN: Final = 1  # an accepted row whose evidence does not show this use
BARE: Final = 2  # a holder's voucher accepted without the holder's proof
OUT_OF_TIME: Final = 4  # accepted before its voucher began or after it had ended
NOT_LIVE: Final = 8  # accepted with a presentation that was too old or from the future
FORBIDDEN: Final = 16  # accepted under a verdict that nobody may confirm
CLOCK_BACK: Final = 32  # its till's clock is more than 300 s before the row above
CLOCK_BEHIND: Final = 64  # decided although the till's clock was more than 300 s below what it had seen
BY_CODE: Final = 128  # no fault: twelve typed characters, to be weighed beside scanned vouchers

_VERDICTS: Final = {cbor.dumps(verdict.value): verdict.value for verdict in Verdict}
# Twelve typed characters (trust-v1 §8.3): a row without kid and cti, whose evidence is the code.
TYPED: Final = "short_code"
_CONFIRMABLE: Final = frozenset(verdict.value for verdict in Verdict if MEANINGS[verdict].confirmable) | {
    TYPED
}
_ACCEPTED, _REFUSED, _VOID = (int(kind) for kind in Kind)

Record = tuple[int | str | bool | bytes | None, ...]
"""One row as the store keeps it, in the order of `columns.SCHEMA`."""


@dataclass(frozen=True, slots=True)
class Head:
    """What an export says of itself. Nothing of it is believed before `verify`.

    Attributes:
        payload: where the signed payload begins and ends in the file. rows: where the first row begins.
        count: of the rows.
    """

    partner: str
    till: str
    key: bytes
    first: int
    last: int
    before: bytes
    after: bytes
    payload: tuple[int, int]
    rows: int
    count: int


@dataclass(slots=True)
class Walk:
    """What walking an export's rows has shown.

    Attributes:
        after: hash of the last row. marks: hash(n) at the rows that were asked for.
        first_time, last_time: device clock of the first and the last row. newest: highest effective time.
        list_version: of the last row that a trust list decided. faulty: rows with a fault by themselves.
    """

    after: bytes
    marks: dict[int, bytes]
    first_time: int = 0
    last_time: int = 0
    newest: int = 0
    list_version: int = 0
    list_time: int = 0
    faulty: int = 0


def read_head(data: bytes) -> Head:
    """Read what stands before the rows.

    Raises:
        TooBig, Malformed, UpdateApp, BadKey: not the beginning of an export that this version knows.
    """
    if len(data) > MAX_EXPORT:
        raise TooBig("journal export")
    if data[:2] != _TAG_ARRAY:
        raise Malformed("not a journal export")
    found, at = cbor.item(data, 2)
    if not isinstance(found, bytes) or data[at : at + 1] != b"\xa0":
        raise Malformed("journal export: layout")
    start, size = _data_head(data, at + 1)
    parts: list[cbor.Value] = []
    at = start + 1
    if data[start : start + 1] != b"\x89":
        raise Malformed("journal export: payload")
    for _ in range(8):
        part, at = cbor.item(data, at)
        parts.append(part)
        if len(parts) == 1 and type(part) is int and part != VERSION:
            raise UpdateApp("journal export of another version")
    count, rows = _array_head(data, at)
    match parts:
        case [version, str(partner), str(till), bytes(key), int(first), int(last), bytes(a), bytes(b)]:
            plain = all(type(number) is int for number in (version, first, last))
            if not plain or len(a) != HASH_SIZE or len(b) != HASH_SIZE:
                raise Malformed("journal export: run")
            _check_key(key)
            if found != header(key):
                raise Malformed("journal export: header")
            return Head(partner, till, key, first, last, a, b, (start, start + size), rows, count)
    raise Malformed("journal export: payload")


def verify(data: bytes, head: Head) -> None:
    """Check the one signature of an export and how its rows are numbered.

    Raises:
        BadSignature: it does not hold under the key that the export names.
        Malformed: bytes before or after what is signed, or not as many rows as it says.
    """
    start, end = head.payload
    if data[end : end + 2] != b"\x58\x40" or len(data) != end + 2 + ed25519.SIGNATURE_SIZE:
        raise Malformed("journal export: layout")
    if not ed25519.verify(head.key, signing_input(data[start:end], head.key), data[end + 2 :]):
        raise BadSignature("journal export")
    if head.first < 1 or head.last != head.first + head.count - 1:
        raise Malformed("journal export: a row is missing or out of place")
    if head.first == 1 and head.before != first_hash(head.key):
        raise Malformed("journal export: chain does not start at the till's key")


def walk(data: bytes, head: Head, points: Collection[int], keep: Callable[[int, Record], None]) -> Walk:
    """Walk the chain and hand every row to `keep` with its number.

    Args:
        points: numbers of rows whose hash is wanted.

    Raises:
        Malformed, UpdateApp: a row, its number or the chain does not hold.
    """
    seen = Walk(head.before, {})
    at, n, value = head.rows, head.first, head.before
    before, newest, faulty, decided, listed = 0, 0, 0, 0, 0
    match_row = _ROW.match
    for n in range(head.first, head.first + head.count):
        match, record, end = match_row(data, at), None, 0
        if match is not None:
            record, end = _plain_record(data, match, n, before)
        if record is None:
            record, end = _any_record(data, at, n, before)
        value = sha256(value + data[at:end]).digest()
        if n in points:
            seen.marks[n] = value
        time, effective = record[1], record[2]
        before = time  # type: ignore[assignment]
        if effective > newest:  # type: ignore[operator]
            newest = effective  # type: ignore[assignment]
        if record[12]:
            listed, decided = record[12], effective  # type: ignore[assignment]
        faulty += record[22] != 0
        if n == head.first:
            seen.first_time = time  # type: ignore[assignment]
        keep(n, (*record, value[:16]))
        at = end
    if at != head.payload[1] or value != head.after:
        raise Malformed("journal export: chain does not hold")
    seen.after, seen.last_time, seen.newest, seen.faulty = value, before, newest, faulty
    seen.list_version, seen.list_time = listed, decided
    return seen


@lru_cache(maxsize=4096)
def _check_key(key: bytes) -> None:
    """Check a till's key once in a process, however many exports it has signed."""
    ed25519.check_key(key)


def _plain_record(data: bytes, match: re.Match[bytes], n: int, before: int) -> tuple[Record | None, int]:
    """Read a row of the usual layout; None when it is not quite of it."""
    (number, clock, effective_at, kind, word, kid, cti, seq, offer, amount, saving, offset, version) = (
        match.group(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
    )
    verdict = _VERDICTS.get(word)
    size = match[14] or match[15]
    at = match.end()
    end = at + int.from_bytes(size) + 2
    if verdict is None or data[end - 2 : end] != _NOTHING_MORE:
        return None, 0
    if int.from_bytes(number[1:] or number) != n:
        raise Malformed("journal export: a row is missing or out of place")
    row = Row(
        n,
        int.from_bytes(clock),
        int.from_bytes(effective_at),
        kind[0],  # type: ignore[arg-type]
        verdict,
        kid,
        cti,
        _uint(seq),
        _uint(offer),
        _uint(amount),
        _uint(saving),
        _int(offset),
        int.from_bytes(version[1:] or version),
        data[at : end - 2],
    )
    return _record(row, before), end


def _any_record(data: bytes, at: int, n: int, before: int) -> tuple[Record, int]:
    value, end = cbor.item(data, at)
    row = read_row(value)
    if row.n != n:
        raise Malformed("journal export: a row is missing or out of place")
    return _record(row, before), end


def _record(row: Row, before: int) -> Record:
    """Return a row as the store keeps it, with what is wrong with it."""
    fault = 0
    time, effective = row.time, row.effective
    if time < before - CLOCK_SLACK:
        fault = CLOCK_BACK
    if effective - time > CLOCK_SLACK:
        fault |= CLOCK_BEHIND
    kid, cti = row.kid, row.cti
    limit = period = start = end = shown = None
    bearer = False
    code = _typed(row)
    if code is not None:
        # One code is one use in its week; whose it is twenty of its bits tell, and no more.
        cti, limit, period = code, 1, 0
        fault |= BY_CODE
    elif row.kind == _ACCEPTED:
        found = look(row.evidence) if row.evidence is not None else None
        same = found is not None and (found.cti, found.kid, found.offer) == (cti, kid, row.offer)
        if found is None or not same or (found.seq is not None and found.seq != row.seq):
            fault |= UNPROVEN
        else:
            limit, period, start, end = found.uses, found.period, found.not_before, found.expires
            shown, bearer = found.timestamp, found.bearer
            if found.seq is None and not bearer:
                fault |= BARE
            if not start <= effective < end:
                fault |= OUT_OF_TIME
            if found.live and not -LIVE_FUTURE <= effective - shown <= LIVE_PAST:  # type: ignore[operator]
                fault |= NOT_LIVE
        if row.verdict not in _CONFIRMABLE:
            fault |= FORBIDDEN
    within = MIN_TIME <= effective <= MAX_TIME
    return (
        row.n,
        time,
        effective,
        int(row.kind),
        row.verdict,
        None if kid is None else int.from_bytes(kid[:4]),
        None if cti is None else int.from_bytes(cti[:8]),
        None if cti is None else int.from_bytes(cti[8:16]),
        row.seq,
        row.offer,
        row.amount,
        row.saving,
        row.list_version,
        row.offset,
        row.voids,
        limit,
        period,
        _bucket(effective, period or 0) if within else 0,
        _bucket(effective, 2) if within else 0,
        start,
        end,
        bearer,
        fault,
    )


def _typed(row: Row) -> bytes | None:
    """Return what stands for the code of a typed use; None for every other row."""
    code, offer, week = row.evidence or b"", row.offer or 0, row.seq or 0
    if row.kind != _ACCEPTED or row.verdict != TYPED or row.kid is not None or max(offer, week) > MAX_OFFER:
        return None
    return named(code, offer, week) if _CODE.fullmatch(code) else None


_BUCKETS: dict[int, int] = {}
_PERIODS: Final = tuple(Period)


def _bucket(effective: int, period: int) -> int:
    """`period_start`, remembered by the hour: every period begins on one (voucher-v1 §2.3)."""
    if period == 0:
        return 0
    asked = effective // 3600 * 4 + period
    found = _BUCKETS.get(asked)
    if found is None:
        if len(_BUCKETS) > 100_000:  # a till whose clock wanders through the centuries
            _BUCKETS.clear()
        found = _BUCKETS[asked] = period_start(effective // 3600 * 3600, _PERIODS[period])
    return found


def _uint(data: bytes) -> int | None:
    if len(data) == 1:
        return None if data == b"\xf6" else data[0]
    return int.from_bytes(data[1:])


def _int(data: bytes) -> int | None:
    first = data[0]
    if first == 0xF6:
        return None
    value = int.from_bytes(data[1:]) if len(data) > 1 else first & 31
    return -1 - value if first & 0x20 else value


def _data_head(data: bytes, at: int) -> tuple[int, int]:
    """Read the head of a byte string; return where it begins and its length."""
    return _sized(data, at, 2)


def _array_head(data: bytes, at: int) -> tuple[int, int]:
    """Read the head of an array; return how many items it has and where the first begins."""
    start, count = _sized(data, at, 4)
    return count, start


def _sized(data: bytes, at: int, major: int) -> tuple[int, int]:
    """Read a head of a major type in its shortest form."""
    if data[at : at + 1] and data[at] >> 5 == major:
        # The same argument as an unsigned integer: the strict reader knows its one form.
        size, end = cbor.item(bytes((data[at] & 31,)) + data[at + 1 : at + 9], 0)
        if isinstance(size, int) and type(size) is int:
            return at + end, size
    raise Malformed("journal export: layout")
