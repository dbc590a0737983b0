"""DECIDING: the verdict, the trust store, the till's journal. A till needs this room and voucher/ only.

verdict      the closed list of verdicts and what each means to a till
decide       text, trust, till, uses, clock -> Decision; pure
list_age, limits                             the rules of time and of number that decide applies
wording      a decision in words
generate     the same table for the browser
"""

from verifier.decide import decide
from verifier.decision import Decision
from verifier.verdict import Severity, Verdict
from verifier.views import TillProfile, TrustView, Use, UsesView

__all__ = ["Decision", "Severity", "TillProfile", "TrustView", "Use", "UsesView", "Verdict", "decide"]
