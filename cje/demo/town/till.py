"""One till of an invented town: rows, chain and signed exports, written as a till writes them, but fast."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from cje.demo.town.keys import Pair
from voucher import cbor, uint
from voucher.journal import VERSION, assemble, first_hash, next_hash, signing_input

_NULL = b"\xf6"


@dataclass
class TownTill:
    """A till's journal, of which only what the next export needs is kept.

    Attributes:
        ahead: seconds by which its clock is wrong. listed: newest list that reached it, or None for all.
    """

    partner: str
    name: str
    pair: Pair
    ahead: int = 0
    listed: int | None = None
    last: int = 0
    _hash: bytes = b""
    _before: bytes = b""
    _rows: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._hash = self._before = first_hash(self.pair.public)

    def accept(
        self,
        at: int,
        kid: bytes,
        cti: bytes,
        seq: int,
        offer: int,
        evidence: bytes | None,
        *,
        shown: int | None,
        version: int,
        amount: int | None = None,
        saving: int | None = None,
        verdict: str = "accepted",
    ) -> int:
        """Write an accepted use at true time `at`; return its row's number."""
        now = at + self.ahead
        self._append(
            _times(self.last + 1, now, 0)
            + cbor.dumps(verdict)
            + b"\x44"
            + kid
            + b"\x50"
            + cti
            + uint.encode(seq)
            + uint.encode(offer)
            + _number(amount)
            + _number(saving)
            + (_NULL if shown is None else cbor.dumps(shown - now))
            + uint.encode(version)
            + (_NULL if evidence is None else cbor.dumps(evidence))
            + _NULL
            + _NULL
        )
        return self.last

    def void(self, at: int, n: int, version: int) -> int:
        """Take a row back; return the number of the row that says so."""
        head = _times(self.last + 1, at + self.ahead, 2) + cbor.dumps("accepted") + _NULL * 7
        self._append(head + uint.encode(version) + _NULL + uint.encode(n) + cbor.dumps("erreur"))
        return self.last

    def export(self) -> bytes:
        """Return the signed export of the rows since the last one, of which there is one at least."""
        first = self.last - len(self._rows) + 1
        head: list[object] = [VERSION, self.partner, self.name, self.pair.public, first, self.last]
        count = cbor.dumps([0] * len(self._rows))[: -len(self._rows)]
        parts = b"".join(map(cbor.dumps, [*head, self._before, self._hash]))
        payload = b"\x89" + parts + count + b"".join(self._rows)
        self._before, self._rows = self._hash, []
        return assemble(payload, self.pair.public, self.pair.sign(signing_input(payload, self.pair.public)))

    @property
    def waiting(self) -> int:
        """How many rows no export holds yet."""
        return len(self._rows)

    def _append(self, row: bytes) -> None:
        self._hash = next_hash(self._hash, row)
        self._rows.append(row)
        self.last += 1


def _times(n: int, at: int, kind: int) -> bytes:
    moment = b"\x1a" + struct.pack(">I", at)
    return b"\x90" + uint.encode(n) + moment + moment + bytes((kind,))


def _number(value: int | None) -> bytes:
    return _NULL if value is None else cbor.dumps(value)
