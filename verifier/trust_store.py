"""What a till trusts (trust-v1 §4), as a pure state machine: a file goes in, a new state and an outcome out.

Reading and writing files is the caller's matter (`till_folder`, IndexedDB in the browser). One reference time
comes in with each file. A file that is not installed changes nothing but the reports.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from verifier.views import TrustView
from voucher.caps import MAX_ROOT, MAX_TRUST
from voucher.cosign import ROOT, TRUST, CosignedFile
from voucher.errors import Malformed, TooBig, UpdateApp, VoucherError
from voucher.root import Root, decode_anchor, decode_successor
from voucher.trust import TrustList, decode_trust

APP: Final = 1  # what a trust list's `min_app` is compared with; raised when a till must learn something
MAX_FILE: Final = MAX_TRUST
MAX_REPORTS: Final = 16  # a till that met this many forgeries has said enough; endless data is not kept


class Outcome(StrEnum):
    """What became of a file; all but the first two keep what was installed."""

    INSTALLED = "installed"
    ALREADY = "already"
    TOO_BIG = "too_big"
    UNTRUSTED = "untrusted"
    MALFORMED = "malformed"
    DEMO = "demo"
    OTHER_PARTNER = "other_partner"
    ROLLBACK = "rollback"
    EQUIVOCATION = "equivocation"
    EXPIRED = "expired"
    UPDATE_APP = "update_app"
    ROOT_EXPIRED = "root_expired"


@dataclass(frozen=True, slots=True)
class Build:
    """What is compiled into a till: browsers evict storage, and a floor must survive it.

    Attributes:
        anchor: bytes of the first root file, trusted as it is.
        demo: made for trying.
        floor_version: no trust list below it is ever installed.
        floor_time: when the build was made, seconds since 1970.
        app: compared with a list's `min_app`.
    """

    anchor: bytes
    demo: bool = False
    floor_version: int = 0
    floor_time: int = 0
    app: int = APP


@dataclass(frozen=True, slots=True)
class RootFile:
    """A root that was walked to, with its bytes."""

    data: bytes
    root: Root


@dataclass(frozen=True, slots=True)
class ListFile:
    """An installed trust list, with its bytes."""

    data: bytes
    list: TrustList


@dataclass(frozen=True, slots=True)
class Report:
    """Two signed files with one version: somebody who holds the keys tells two stories.

    Attributes:
        kind: `cje-root` or `cje-trust`. version: of both.
        kept, refused: SHA-256 of the file in force and of the one kept out.
    """

    kind: str
    version: int
    kept: bytes
    refused: bytes


@dataclass(frozen=True, slots=True)
class TrustStore:
    """The state. Attributes:

    build: what was compiled in. partner: whose till this is, a slug.
    roots: from the anchor to the newest, without a gap.
    installed: the trust list in force.
    floor: newest signed time seen, seconds since 1970; it never goes down.
    reports: equivocations met.
    """

    build: Build
    partner: str
    roots: tuple[RootFile, ...]
    installed: ListFile | None = None
    floor: int = 0
    reports: tuple[Report, ...] = ()

    @property
    def root(self) -> Root:
        return self.roots[-1].root

    def view(self, seen: int = 0) -> TrustView:
        """Return the trust in force; `seen` is the newest time of the till's own journal, in seconds."""
        trust = self.installed.list if self.installed else None
        return TrustView(self.root, trust, max(self.floor, seen))

    def take(self, data: bytes, now: int) -> tuple[TrustStore, Outcome]:
        """Take a root file or a trust list; `now` is the device's clock, seconds since 1970. Never raises."""
        if len(data) > MAX_FILE:
            return self, Outcome.TOO_BIG
        if is_root_file(data):
            return self._take_root(data)
        return self._take_list(data, now)

    def _take_root(self, data: bytes) -> tuple[TrustStore, Outcome]:
        if len(data) > MAX_ROOT:
            return self, Outcome.TOO_BIG
        try:
            successor = decode_successor(data, self.root)
        except VoucherError as fault:
            return self._past_root(data, fault)
        grown = replace(self, roots=(*self.roots, RootFile(data, successor)))
        return grown._recheck_list(), Outcome.INSTALLED

    def _past_root(self, data: bytes, fault: VoucherError) -> tuple[TrustStore, Outcome]:
        """Tell a root that was passed already from a fork of one, and both from anything else."""
        if any(data == passed.data for passed in self.roots):
            return self, Outcome.ALREADY
        for before, passed in zip(self.roots, self.roots[1:], strict=False):
            try:
                fork = decode_successor(data, before.root)
            except VoucherError:
                continue
            return self._reported(ROOT, fork.version, passed.data, data), Outcome.EQUIVOCATION
        return self, _refusal(fault)

    def _recheck_list(self) -> TrustStore:
        """Drop the installed list when the new root no longer trusts who signed it."""
        if self.installed is None:
            return self
        try:
            decode_trust(self.installed.data, self.root)
        except VoucherError:
            return replace(self, installed=None)
        return self

    def _take_list(self, data: bytes, now: int) -> tuple[TrustStore, Outcome]:
        if max(now, self.floor) >= self.root.expires:
            return self, Outcome.ROOT_EXPIRED
        try:
            CosignedFile(data, TRUST, MAX_TRUST).open(self.root.trust)
        except TooBig:
            return self, Outcome.TOO_BIG
        except VoucherError:
            return self, Outcome.UNTRUSTED
        try:
            trust = decode_trust(data, self.root)
        except UpdateApp:
            return self, Outcome.UPDATE_APP
        except VoucherError:
            return self, Outcome.MALFORMED
        outcome = self._judge(trust, data, now)
        if outcome is Outcome.EQUIVOCATION and self.installed is not None:
            return self._reported(TRUST, trust.version, self.installed.data, data), outcome
        if outcome is not Outcome.INSTALLED:
            return self, outcome
        floor = max(self.floor, trust.issued)
        return replace(self, installed=ListFile(data, trust), floor=floor), outcome

    def _judge(self, trust: TrustList, data: bytes, now: int) -> Outcome:
        """Rules 2 to 7 of trust-v1 §4, on a list whose signatures hold."""
        if trust.demo != self.build.demo:
            return Outcome.DEMO
        if trust.partner != self.partner:
            return Outcome.OTHER_PARTNER
        older = self._older(trust, data)
        if older is not None:
            return older
        if max(now, self.floor, trust.issued) >= trust.expires:
            return Outcome.EXPIRED
        return Outcome.UPDATE_APP if trust.min_app > self.build.app else Outcome.INSTALLED

    def _older(self, trust: TrustList, data: bytes) -> Outcome | None:
        if trust.version < self.build.floor_version:
            return Outcome.ROLLBACK
        if self.installed is None:
            return None
        current = self.installed.list
        if trust.version < current.version:
            return Outcome.ROLLBACK
        if trust.version == current.version:
            return Outcome.ALREADY if data == self.installed.data else Outcome.EQUIVOCATION
        return Outcome.ROLLBACK if trust.issued < current.issued else None

    def _reported(self, kind: str, version: int, kept: bytes, refused: bytes) -> TrustStore:
        report = Report(kind, version, hashlib.sha256(kept).digest(), hashlib.sha256(refused).digest())
        if report in self.reports or len(self.reports) >= MAX_REPORTS:
            return self
        return replace(self, reports=(*self.reports, report))


def begin(build: Build, partner: str) -> TrustStore:
    """Return the state of a new till.

    Raises:
        VoucherError: the anchor is not a root that signs itself, or demo and real are mixed.
    """
    anchor = decode_anchor(build.anchor)
    if anchor.demo != build.demo:
        raise Malformed("anchor: demo and real are never mixed")
    return TrustStore(build, partner, (RootFile(build.anchor, anchor),), floor=build.floor_time)


def restore(
    build: Build,
    partner: str,
    roots: Iterable[bytes],
    trust: bytes | None,
    floor: int = 0,
    reports: tuple[Report, ...] = (),
) -> TrustStore:
    """Return the state that was stored: every file is verified again, what no longer holds is left out.

    A list that has expired since is restored: its age, not its absence, is what the cashier must read.

    Raises:
        VoucherError: the anchor, as for `begin`.
    """
    store = begin(build, partner)
    for data in roots:
        store, _ = store.take(data, 0)
    store = replace(store, floor=max(store.floor, floor), reports=reports)
    if trust is None:
        return store
    try:
        value = decode_trust(trust, store.root)
    except VoucherError:
        return store
    if value.partner != partner or value.demo != build.demo or value.version < build.floor_version:
        return store
    return replace(store, installed=ListFile(trust, value), floor=max(store.floor, value.issued))


def is_root_file(data: bytes) -> bool:
    """Tell by its layout whether a file claims to be a root; what it is worth is another matter."""
    try:
        CosignedFile(data, ROOT, MAX_FILE)
    except VoucherError:
        return False
    return True


def _refusal(fault: VoucherError) -> Outcome:
    match fault:
        case TooBig():
            return Outcome.TOO_BIG
        case UpdateApp():
            return Outcome.UPDATE_APP
        case Malformed():
            return Outcome.MALFORMED
    return Outcome.UNTRUSTED
