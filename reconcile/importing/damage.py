"""Where an export is damaged: what can be told of the till and the row, once something does not hold.

One signature covers all rows, and the chain is known at its two ends only. A changed row is found where it
contradicts itself: its number, its form, the signatures in its evidence, the phone's time beside the till's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reconcile.rows.evidence import look
from reconcile.rows.export import Head, read_head
from reconcile.rows.runs import MARK
from voucher import cbor, ed25519
from voucher.envelope import to_sign
from voucher.errors import VoucherError
from voucher.journal import Kind, Row, next_hash, read_row
from voucher.presentation import HEADER

_LOOK_AT: Final = 64 * 2**20  # bytes; beyond it only the till is named


def locate(
    data: bytes, marks: Callable[[Head], dict[int, bytes]]
) -> tuple[Head | None, tuple[int, int] | None]:
    """Return the head if it can be read, and the rows among which the damage lies, if it lies in rows.

    Args:
        marks: asked for the first bytes of hash(n) of rows of this till that were imported before.
    """
    try:
        head = read_head(data)
    except VoucherError:
        return None, None
    if len(data) > _LOOK_AT:
        return head, (head.first, head.last)
    return head, _suspect(data, head, marks(head))


def _suspect(data: bytes, head: Head, known: dict[int, bytes]) -> tuple[int, int] | None:
    at, value, well = head.rows, head.before, head.first
    suspects: list[int] = []
    for n in range(head.first, head.first + head.count):
        try:
            item, end = cbor.item(data, at)
            row = read_row(item)
        except VoucherError:
            return (n, n)
        if row.n != n:
            return (n, n)
        value = next_hash(value, data[at:end])
        if n in known and known[n] != value[:MARK]:
            return (well, n)
        well = n + 1 if n in known else well
        if len(suspects) < 2 and not _consistent(row):
            suspects.append(n)
        at = end
    if at != head.payload[1]:
        return (head.last, head.last)
    if value == head.after:
        return None  # every row is as it was signed: the damage is around them
    return (suspects[0], suspects[0]) if len(suspects) == 1 else (head.first, head.last)


def _consistent(row: Row) -> bool:
    """Tell whether a row agrees with its own evidence, as far as that needs no list of keys."""
    if row.kind is Kind.VOID:
        return True
    if row.evidence is None:
        return row.kind is not Kind.ACCEPTED
    if row.cti is None:
        return True
    shown = look(row.evidence)
    if shown is None or (shown.kid, shown.cti, shown.offer) != (row.kid, row.cti, row.offer):
        return False
    if shown.timestamp is None:
        return True
    same_time = row.offset is not None and row.time + row.offset == shown.timestamp
    return same_time and row.seq == shown.seq and row.effective >= row.time and _holder_signed(row.evidence)


def _holder_signed(evidence: bytes) -> bool:
    """Tell whether a presentation's own signature holds under the holder's key that its voucher names."""
    at = evidence.find(b"\x08\xa1\x01\xa3\x01\x01\x20\x06\x21\x58\x20")
    holder, content = evidence[at + 11 : at + 43], evidence[9:-66]
    return ed25519.verify(holder, to_sign(HEADER, content), evidence[-64:])
