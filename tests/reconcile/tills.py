"""Tills that write real, signed journals: honest ones, and ones that write whatever a test wants."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import fsspec
from till_world import (
    ISSUER,
    NOON,
    PARTNER,
    ROOTS,
    Signer,
    make_claims,
    make_list,
    make_root,
    presentation_bytes,
    root_file,
    trust_file,
    voucher_bytes,
)

from reconcile.findings import reference_data
from reconcile.findings.report import Report, make
from reconcile.importing.importing import Imported, import_exports
from reconcile.rows.registry import KnownTill
from reconcile.rows.sources import find
from reconcile.rows.store import Store
from voucher.claims import Claims
from voucher.ed25519 import kid
from voucher.journal import (
    Export,
    Kind,
    Row,
    assemble,
    encode_export,
    encode_row,
    first_hash,
    next_hash,
    signing_input,
)

__all__ = ["NOON", "PARTNER", "ROOTS", "Shop", "Till", "make_claims", "make_list"]


@cache
def evidence_of(claims: Claims, at: int, seq: int) -> bytes:
    """A presentation, or the paper voucher; the same bytes for the same use, as a copy has."""
    return voucher_bytes(claims) if claims.holder is None else presentation_bytes(claims, at, seq)


@dataclass
class Till:
    """One till's journal, in memory."""

    name: str
    partner: str = PARTNER
    rows: list[Row] = field(default_factory=list)
    label: str | None = None

    @property
    def signer(self) -> Signer:
        return Signer(f"till {self.name}")

    @property
    def known(self) -> KnownTill:
        return KnownTill(self.signer.public, self.partner, self.label or self.name)

    def accept(self, claims: Claims, at: int = NOON, seq: int = 1, **changes: Any) -> int:
        """Write an accepted use and return its number."""
        bearer = claims.holder is None
        row = Row(
            n=len(self.rows) + 1,
            time=at,
            effective=at,
            kind=Kind.ACCEPTED,
            verdict="paper" if bearer else "accepted",
            kid=kid(ISSUER.public),
            cti=claims.cti,
            seq=seq,
            offer=claims.offer,
            amount=None,
            saving=None,
            offset=None if bearer else 0,
            list_version=5,
            evidence=evidence_of(claims, at, seq),
        )
        self.rows.append(replace(row, **changes))
        return row.n

    def void(self, n: int, at: int = NOON) -> int:
        """Take a row back."""
        nothing = (None,) * 7
        row = Row(len(self.rows) + 1, at, at, Kind.VOID, "accepted", *nothing, 5, None, n, "erreur")
        self.rows.append(row)
        return row.n

    def refuse(self, verdict: str = "expired", at: int = NOON) -> int:
        """Write a refusal that somebody asked to keep."""
        row = Row(len(self.rows) + 1, at, at, Kind.REFUSED, verdict, *(None,) * 7, 5, None)
        self.rows.append(row)
        return row.n

    def export(self, first: int = 1, last: int | None = None, **changes: Any) -> bytes:
        """Return a signed export of rows `first..last`."""
        last = len(self.rows) if last is None else last
        hashes = [first_hash(self.signer.public)]
        for row in self.rows[:last]:
            hashes.append(next_hash(hashes[-1], encode_row(row)))
        name = self.label or self.name
        span = (first, last, hashes[first - 1], hashes[last], tuple(self.rows[first - 1 : last]))
        export = replace(Export(self.partner, name, self.signer.public, *span), **changes)
        payload = encode_export(export)
        return assemble(payload, export.key, self.signer.sign(signing_input(payload, export.key)))


class Shop:
    """A store and the exports that are handed in to it."""

    def __init__(self, place: str = "memory://store") -> None:
        fsspec.filesystem("memory").store.clear()
        self.store = Store.create(place)
        reference_data.begin(self.store, root_file(make_root()))
        self.learn(trust_file(make_list()))
        self._known: set[bytes] = set()
        self._count = 0

    def learn(self, data: bytes) -> None:
        reference_data.learn(self.store, "a list", data)

    def know(self, *tills: Till) -> None:
        for till in tills:
            if till.known.key not in self._known:
                self.store.add_till(till.known)
                self._known.add(till.known.key)

    def take(self, *exports: bytes) -> Imported:
        """Hand in exports, each as a file of a new folder, and import them."""
        self._count += 1
        folder = f"memory://in/{self._count}"
        for number, data in enumerate(exports):
            self.store.fs.pipe_file(f"/in/{self._count}/{number:03}.cje", data)
        return import_exports(self.store, find([folder]), processes=1)

    def report(self, now: int = NOON) -> Report:
        return make(self.store, now)


def in_folder(folder: Path, **exports: bytes) -> Path:
    """Write exports as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in exports.items():
        (folder / f"{name}.cje").write_bytes(data)
    return folder
