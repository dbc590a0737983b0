"""A finding as one file that a third person can verify, with nothing but the operator's root.

It holds the rows with their evidence, the signed list that names the issuing key, and the roots that vouch
for the list. What the phone and the issuer signed is shown by that alone. That the tills have accepted it is
shown by their signed exports, which hold other people's uses too: they are added only when asked for.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconcile.errors import FileRefused
from reconcile.findings.finding import DOUBLE, Finding, Kind
from reconcile.findings.reference_data import Known, signed_files
from reconcile.rows.export import read_head
from reconcile.rows.registry import KnownTill
from reconcile.rows.sources import Source, find
from reconcile.rows.store import Store
from verifier.proof import prove
from voucher import cbor, root, trust
from voucher.civil import period_start
from voucher.claims import Claims, Voucher
from voucher.errors import VoucherError
from voucher.journal import Export, Row, decode_export, encode_row, read_row
from voucher.journal import Kind as RowKind
from voucher.trust import TrustList

FORMAT: Final = "cje-proof"
VERSION: Final = 1
MAX_PROOF: Final = 1 << 30
PROVABLE: Final = DOUBLE | {Kind.REVOKED, Kind.OUT_OF_TIME}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a proof shows. Attributes:

    kind, uses: what was found, in how many rows. root: SHA-256 of the first root, to be compared.
    tills: whether the tills' signed exports show that they accepted it.
    """

    kind: Kind
    uses: int
    root: str
    tills: bool


def write(
    store: Store,
    finding: Finding,
    tills: Mapping[int, KnownTill],
    known: Known,
    *,
    elsewhere: Iterable[str] = (),
    with_exports: bool = False,
) -> bytes:
    """Return the proof of a finding.

    Args:
        elsewhere: where to look for exports that are no longer where they were imported from.

    Raises:
        FileRefused: a finding of a kind that is told, not proved; or an export is gone.
    """
    if finding.kind not in PROVABLE:
        raise FileRefused("not_provable", id=finding.id)
    files = _Exports(store, elsewhere)
    uses = []
    for use in finding.uses:
        till = tills[use.till]
        data, row = files.row(use.till, use.n)
        told: dict[str, Any] = {
            "partner": till.partner,
            "till": till.name,
            "key": till.key.hex(),
            "row": _text(encode_row(row)),
            "export": hashlib.sha256(data).hexdigest(),
        }
        uses.append(told | ({"file": _text(data)} if with_exports else {}))
    tree = {
        "format": FORMAT,
        "version": VERSION,
        "finding": finding.id,
        "kind": str(finding.kind),
        "roots": [_text(data) for data in signed_files(store, "root.")],
        "lists": [_text(data) for data in _lists(store, finding, known)],
        "uses": uses,
    }
    return json.dumps(tree, ensure_ascii=False, indent=1).encode() + b"\n"


def check(data: bytes, anchor: bytes | None = None) -> Verified:
    """Verify a proof from nothing but its bytes and, if given, the operator's first root.

    Raises:
        FileRefused: it does not show what it says.
    """
    try:
        return _check(json.loads(data), anchor)
    except (VoucherError, ValueError, KeyError, TypeError, IndexError, AttributeError) as fault:
        raise FileRefused("proof", why=type(fault).__name__) from None


def _check(tree: Mapping[str, Any], anchor: bytes | None) -> Verified:
    _demand(tree["format"] == FORMAT and tree["version"] == VERSION, "version")
    kind = Kind(tree["kind"])
    first, lists = _signed(tree, anchor)
    rows, shown = [], True
    for use in tree["uses"]:
        row = read_row(cbor.loads(_bytes(use["row"])))
        _demand(row.kind is RowKind.ACCEPTED, "accepted")
        rows.append((use["key"], use["partner"], row, _claims(row, lists)))
        shown &= "file" in use and _accepted(use, row)
    _demand(len({(key, row.n) for key, _, row, _ in rows}) == len(rows) >= 1, "rows")
    _demand(_shows(kind, rows, lists), "kind")
    return Verified(kind, len(rows), first, shown)


def _signed(tree: Mapping[str, Any], anchor: bytes | None) -> tuple[str, list[TrustList]]:
    """Walk the roots, then read the lists under them."""
    files = [_bytes(item) for item in tree["roots"]]
    _demand(anchor is None or files[0] == anchor, "root")
    roots = [root.decode_anchor(files[0])]
    for file in files[1:]:
        roots.append(root.decode_successor(file, roots[-1]))
    lists = []
    for item in tree["lists"]:
        found = None
        for signer in roots:
            try:
                found = trust.decode_trust(_bytes(item), signer)
            except VoucherError:
                continue
        _demand(found is not None, "list")
        assert found is not None
        lists.append(found)
    return hashlib.sha256(files[0]).hexdigest(), lists


def _claims(row: Row, lists: list[TrustList]) -> Claims:
    """Return what the row's voucher says, once issuer and phone have signed it (voucher-v1 §3, §4.3)."""
    claims = next((found for listed in lists if (found := prove(row, listed.keyring()))), None)
    _demand(claims is not None, "evidence")
    assert claims is not None
    return claims


def _accepted(use: Mapping[str, Any], row: Row) -> bool:
    """Verify that a till's signed export has this row and does not take it back."""
    data = _bytes(use["file"])
    export: Export = decode_export(data)
    _demand(hashlib.sha256(data).hexdigest() == use["export"] and export.key.hex() == use["key"], "export")
    _demand(export.partner == use["partner"] and row in export.rows, "export")
    _demand(not any(other.voids == row.n for other in export.rows if other.kind is RowKind.VOID), "void")
    return True


def _shows(kind: Kind, rows: list[tuple[str, str, Row, Claims]], lists: list[TrustList]) -> bool:
    """Judge the rows again, from what was signed alone."""
    if kind in DOUBLE:
        claims = rows[0][3]
        same = Counter((row.kid, row.seq) for _, _, row, _ in rows)
        often = Counter((row.kid, period_start(row.effective, claims.period)) for _, _, row, _ in rows)
        if len({found.cti for *_, found in rows}) != 1:
            return False
        if kind is Kind.SAME_USE:
            return claims.holder is not None and min(same.values()) > 1
        return 0 < claims.uses < min(often.values())
    for _, partner, row, claims in rows:
        listed = [entry for entry in lists if entry.partner == partner]
        if kind is Kind.REVOKED and not any(_revokes(entry, row, claims) for entry in listed):
            return False
        if kind is Kind.OUT_OF_TIME and _in_time(row, claims, listed):
            return False
    return True


def _revokes(listed: TrustList, row: Row, claims: Claims) -> bool:
    keys = [entry.key for entry in listed.keys]
    return listed.issued <= row.effective and any(listed.revokes(Voucher(claims, key)) for key in keys)


def _in_time(row: Row, claims: Claims, lists: list[TrustList]) -> bool:
    within = claims.not_before <= row.effective < claims.expires
    offers = [offer for listed in lists for offer in listed.offers if offer.number == claims.offer]
    return within and any(offer.valid_from <= row.effective < offer.valid_until for offer in offers)


class _Exports:
    """The exports that a finding's rows came from, wherever they are now."""

    def __init__(self, store: Store, elsewhere: Iterable[str]) -> None:
        self._entries = store.exports()
        self._elsewhere = list(elsewhere)
        self._moved: dict[bytes, Source] | None = None

    def row(self, till: int, n: int) -> tuple[bytes, Row]:
        """Return an export, verified again, and one of its rows; the smallest export that has it."""
        entries = [e for e in self._entries if e["till"] == till and e["first"] <= n <= e["last"]]
        for entry in sorted(entries, key=lambda e: e["size"]):
            data = self._bytes(entry)
            if data is not None and read_head(data).first <= n:
                export = decode_export(data)
                return data, export.rows[n - export.first]
        place = entries[0]["place"] if entries else ""
        raise FileRefused("export_gone", place=place)

    def _bytes(self, entry: Mapping[str, Any]) -> bytes | None:
        candidates = [Source(entry["place"], entry["size"], "")]
        if self._elsewhere:
            if self._moved is None:
                found = [source for source in find(self._elsewhere) if source.size > 0]
                self._moved = {hashlib.sha256(source.read()).digest(): source for source in found}
            candidates += [self._moved[entry["digest"]]] if entry["digest"] in self._moved else []
        for source in candidates:
            try:
                data = source.read()
            except OSError:
                continue
            if hashlib.sha256(data).digest() == entry["digest"]:
                return data
        return None


def _lists(store: Store, finding: Finding, known: Known) -> Iterable[bytes]:
    """Return the lists that a proof needs: the one that names each key, and the first that revokes."""
    from voucher.ed25519 import kid

    for partner in finding.partners:
        versions = known.lists.get(partner, ())
        wanted = set()
        for use in finding.uses:
            named = [v for v in versions if use.kid in {int.from_bytes(kid(e.key)) for e in v.keys}]
            wanted |= {named[-1].version} if named else set()
        since = finding.facts.get("since")
        wanted |= {v.version for v in versions if v.issued == since}
        for version in sorted(wanted):
            yield store.get(f"known/lists/{partner}/{version:010}.cbor")


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    _demand(_text(data) == text, "base64")
    return data
