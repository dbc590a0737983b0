"""The audit log: each decision appends a row whose hash covers the row before (promise P16).

Whoever kept a row's number and hash can tell later that nothing up to it was edited, and that nothing was
taken away after it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select

from issuer.errors import AuditBroken
from issuer.register import schema
from voucher import cbor

COUNTING: Final = ("issue", "erase", "retention")  # kinds whose rows tell the total of all grants
Detail = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its number from 1, time in seconds, kind, what was decided (JSON), and hash."""

    number: int
    at: int
    kind: str
    detail: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a witness keeps: `number` rows, and the last one's hash."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> Checkpoint | None:
        number, _, digest = text.partition(":")
        if not (number.isascii() and number.isdigit()) or len(digest) != 64:
            return None
        try:
            return cls(int(number), bytes.fromhex(digest))
        except ValueError:
            return None


def start(identity: str) -> bytes:
    """The hash before the first row: a log belongs to one state."""
    return hashlib.sha256(b"cje-audit-v1" + identity.encode()).digest()


def append(connection: Connection, identity: str, at: int, kind: str, detail: Detail) -> None:
    """Append a decision, in the transaction that carries it out."""
    last = connection.execute(select(schema.audit).order_by(schema.audit.c.number.desc()).limit(1)).first()
    number = last.number + 1 if last else 1
    text = json.dumps(detail, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = chain(last.hash if last else start(identity), number, at, kind, text)
    row = {"number": number, "at": at, "kind": kind, "detail": text, "hash": digest}
    connection.execute(insert(schema.audit), row)


def chain(before: bytes, number: int, at: int, kind: str, detail: str) -> bytes:
    """The hash of a row after the row whose hash is `before`."""
    return hashlib.sha256(before + cbor.dumps([number, at, kind, detail])).digest()


def verify(rows: Iterable[Row], identity: str, witness: Checkpoint | None = None) -> Checkpoint:
    """Follow the chain from its start and return its end.

    Args:
        witness: an earlier end that somebody kept.

    Raises:
        AuditBroken: a row was edited, taken out or put in; or the witness was told something else.
    """
    head = Checkpoint(0, start(identity))
    for row in rows:
        expected = chain(head.hash, head.number + 1, row.at, row.kind, row.detail)
        if (row.number, row.hash) != (head.number + 1, expected):
            raise AuditBroken("audit_row", row=head.number + 1)
        head = Checkpoint(row.number, expected)
        if witness is not None and witness.number == head.number and witness.hash != head.hash:
            raise AuditBroken("audit_witness", row=head.number)
    if witness is not None and witness.number > head.number:
        raise AuditBroken("audit_shorter", row=head.number, kept=witness.number)
    return head


def last_total(rows: Iterable[Row]) -> str | None:
    """What the last row that tells it says of all grants together; None while nothing was issued."""
    totals = [json.loads(row.detail)["total"] for row in rows if row.kind in COUNTING]
    return str(totals[-1]) if totals else None


def read(connection: Connection) -> Iterable[Row]:
    """All rows in their order."""
    statement = select(schema.audit).order_by(schema.audit.c.number)
    for row in connection.execute(statement):
        yield Row(row.number, row.at, row.kind, row.detail, row.hash)
