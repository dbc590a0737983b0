"""DECIDING: the verdict, the trust store, the till's journal. A till needs this room, voucher/ and cje/.

verdict      the closed list of verdicts and what each means to a till
decide       text, trust, till, uses, clock -> Decision; pure
typed        the same for a code that was typed
list_age, limits, saving                     the rules of time, of number and of money
trust_store  files in, a new state and an outcome out; pure
wording      a decision in words
generate     the table of verdicts for the browser
till/        the journal, the till's folder, its commands, its HTTP page: all that touches a disk
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.decide import decide
from verifier.decision import Decision
from verifier.verdict import Severity, Verdict
from verifier.views import TillProfile, TrustView, Use, UsesView

if TYPE_CHECKING:
    from verifier.till.till import Receipt, Till

__all__ = [
    "Decision",
    "Receipt",
    "Severity",
    "Till",
    "TillProfile",
    "TrustView",
    "Use",
    "UsesView",
    "Verdict",
    "decide",
]


def __getattr__(name: str) -> Any:
    """Load the till, which itself imports this room, when somebody asks for it."""
    if name in ("Receipt", "Till"):
        from verifier.till import till

        return getattr(till, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
