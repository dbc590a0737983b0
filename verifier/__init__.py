"""DECIDING: the verdict, the trust store, the till's journal. A till needs this room and voucher/ only.

verdict      the closed list of verdicts and what each means to a till
decide       text, trust, till, uses, clock -> Decision; pure
list_age, limits, saving                     the rules of time, of number and of money
trust_store  files in, a new state and an outcome out; pure
wording      a decision in words
journal, database, merge                     rows, their chain, the SQLite file; exports and double uses
till, till_folder, till_key, files           the till as an integrator opens it, and its folder
cli, printing, watching, endpoint, image     the command line, a stream of scans, HTTP on loopback
repair       a damaged journal set aside     generate     the table of verdicts for the browser
"""

from verifier.decide import decide
from verifier.decision import Decision
from verifier.verdict import Severity, Verdict
from verifier.views import TillProfile, TrustView, Use, UsesView

__all__ = ["Decision", "Severity", "TillProfile", "TrustView", "Use", "UsesView", "Verdict", "decide"]
