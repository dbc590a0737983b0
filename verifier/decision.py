"""What a till decided about one text, with everything that its screen and its journal need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from verifier.verdict import MEANINGS, Severity, Verdict
from voucher.claims import Voucher
from voucher.ed25519 import kid
from voucher.trust import TrustedOffer

Details = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed code whose MAC holds (trust-v1 §8.3).

    Attributes:
        tag: 20 bits that name the voucher.
        week: ISO year × 100 + ISO week.
    """

    tag: int
    week: int


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict.

    Attributes:
        verdict: the first check that spoke.
        effective: the time that counted, seconds since 1970 (trust-v1 §6).
        checks: all amber reasons that hold, when the verdict is one of them.
        details: facts for the sentence: times in seconds, counts, codes; never a byte of what was scanned.
        voucher: once its signature holds. offer: once it is known to be this partner's.
        typed: what was typed instead of a code that is scanned, once its MAC holds.
        seq: counter of the use (voucher-v1 §4.5); the week of a typed code. offset: phone minus till clock,
            in seconds.
        evidence: the presentation or bearer voucher as read, once its signature holds; of a typed code its
            12 characters.
        list_version: of the trust list that decided, 0 without one.
    """

    verdict: Verdict
    effective: int
    checks: tuple[Verdict, ...] = ()
    details: Details = field(default_factory=lambda: MappingProxyType({}))
    voucher: Voucher | None = None
    typed: Typed | None = None
    offer: TrustedOffer | None = None
    seq: int | None = None
    offset: int | None = None
    evidence: bytes | None = None
    list_version: int = 0

    @property
    def severity(self) -> Severity:
        return MEANINGS[self.verdict].severity

    @property
    def can_confirm(self) -> bool:
        """Tell whether a cashier may turn this into an accepted use."""
        return MEANINGS[self.verdict].confirmable

    @property
    def kid(self) -> bytes | None:
        """The issuing key's identifier, 4 bytes."""
        return None if self.voucher is None else kid(self.voucher.key)
