"""What a decision looks at, apart from the text: the trust in force, the till, and the uses it knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from voucher.claims import Claims
from voucher.root import Root
from voucher.trust import TrustList


@dataclass(frozen=True, slots=True)
class TrustView:
    """The trust in force.

    Attributes:
        root: newest root walked to.
        list: the installed trust list; None before the first.
        floor: newest time seen, signed, journaled or of the build, in seconds since 1970 (trust-v1 §6).
    """

    root: Root
    list: TrustList | None
    floor: int


@dataclass(frozen=True, slots=True)
class TillProfile:
    """A till: the partner's slug, its own name, and whether it was made for trying."""

    partner: str
    name: str
    demo: bool


@dataclass(frozen=True, slots=True)
class Use:
    """One accepted use that was not taken back: its row, its counter, its effective time in seconds.

    `seq` is the week of a use that was typed, negative, which no counter is. `till` names the neighbour that
    accepted it, as its export says; empty for this till.
    """

    n: int
    seq: int
    at: int
    till: str = ""


class UsesView(Protocol):
    """The uses of one voucher that this till knows: its own and those it took from its neighbours."""

    def accepted(self, kid: bytes, cti: bytes) -> Sequence[Use]:
        """Return the uses of a voucher, rows taken back left out, in any order."""


@dataclass(frozen=True, slots=True)
class TypedUses:
    """What a till knows of a voucher by the 20 bits that name it.

    Attributes:
        uses: scanned and typed.
        claims: what the voucher says, where one of these uses was scanned.
    """

    uses: Sequence[Use] = ()
    claims: Claims | None = None


class TypedUsesView(Protocol):
    """The same by the tag of a typed code (trust-v1 §8.3)."""

    def typed(self, tag: int, kids: Sequence[bytes]) -> TypedUses:
        """Return the uses of the vouchers that a tag may name, of these issuing keys, 4 bytes each."""
