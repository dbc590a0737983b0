"""DECIDING: the verdict, the trust store, the till's journal. A till needs this room and voucher/ only.

verdict      the closed list of verdicts and what each means to a till
decide       text, trust, till, uses, clock -> Decision; pure
list_age, limits, saving                     the rules of time, of number and of money
trust_store  files in, a new state and an outcome out; pure
wording      a decision in words
journal, merge, retention                    rows and their chain; exports and double uses; what may go
database, sqlite, postgresql                 where a journal is kept: a file, or a server for a shop
till, till_folder, till_key, files           the till as an integrator opens it, and its folder
cli, journal_commands, printing, options     the command line
watching, endpoint, counter/, image          a stream of scans, HTTP and a page on loopback, a photo
repair       a damaged journal set aside     generate     the table of verdicts for the browser
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.decide import decide
from verifier.decision import Decision
from verifier.verdict import Severity, Verdict
from verifier.views import TillProfile, TrustView, Use, UsesView

if TYPE_CHECKING:
    from verifier.till import Receipt, Till

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
        from verifier import till

        return getattr(till, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
