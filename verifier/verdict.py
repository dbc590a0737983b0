"""The closed list of verdicts, in the order of the checks, and what each means to a till.

This table is the only one: `python -m verifier.generate` writes `web/verifier/verdicts.ts` from it, and
`locales/*/verdicts.toml` has a word, a sentence and a next step for each code.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Severity(StrEnum):
    """The colour of the screen: green, amber, red."""

    ACCEPT = "accept"
    CHECK = "check"
    REFUSE = "refuse"


class Verdict(StrEnum):
    """What a till decides about one text; the values are stable codes, the same in every language.

    `SHORT_…` are of twelve typed characters (trust-v1 §8.3), the others of what is scanned or of both.
    """

    NOT_OURS = "not_ours"
    UPDATE_APP = "update_app"
    MALFORMED = "malformed"
    NO_LIST = "no_list"
    CLOCK_WRONG = "clock_wrong"
    DEMO = "demo"
    LIST_TOO_OLD = "list_too_old"
    SHORT_NO_KEY = "short_no_key"
    SHORT_UNKNOWN = "short_unknown"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    BARE = "bare"
    WRONG_PARTNER = "wrong_partner"
    KEY_MISUSE = "key_misuse"
    REVOKED = "revoked"
    SHORT_REVOKED = "short_revoked"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    PAPER_NOT_ALLOWED = "paper_not_allowed"
    WRONG_CHALLENGE = "wrong_challenge"
    NOT_LIVE = "not_live"
    ALREADY_ACCEPTED = "already_accepted"
    USED_UP = "used_up"
    SHORT_CODE = "short_code"
    PAPER = "paper"
    IDENTITY_CHECK = "identity_check"
    LIST_AGEING = "list_ageing"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a till shows a verdict.

    Attributes:
        severity: the colour.
        icon: key of the drawing beside the word.
        confirmable: whether a cashier may accept it.
        exit_code: of `cje verify`, as long as nobody has confirmed: 0, 1 refused, 3 could not decide.
    """

    severity: Severity
    icon: str
    confirmable: bool = False
    exit_code: int = 1


def _refuse(icon: str = "cross") -> Meaning:
    return Meaning(Severity.REFUSE, icon)


def _undecided(icon: str) -> Meaning:
    """The fault is the till's: red, and a program that asks learns that nothing was decided."""
    return Meaning(Severity.REFUSE, icon, exit_code=3)


def _confirm(icon: str) -> Meaning:
    return Meaning(Severity.CHECK, icon, confirmable=True, exit_code=3)


MEANINGS: Final = MappingProxyType(
    {
        Verdict.NOT_OURS: _refuse("question"),
        Verdict.UPDATE_APP: _refuse("update"),
        Verdict.MALFORMED: _refuse("rescan"),
        Verdict.NO_LIST: _undecided("list"),
        Verdict.CLOCK_WRONG: _undecided("clock"),
        Verdict.DEMO: _refuse("demo"),
        Verdict.LIST_TOO_OLD: _undecided("list"),
        Verdict.SHORT_NO_KEY: _undecided("keys"),
        Verdict.SHORT_UNKNOWN: _refuse("keys"),
        Verdict.UNKNOWN_KEY: _refuse(),
        Verdict.BAD_SIGNATURE: _refuse(),
        Verdict.BARE: _refuse("copy"),
        Verdict.WRONG_PARTNER: _refuse("shop"),
        Verdict.KEY_MISUSE: _refuse(),
        Verdict.REVOKED: _refuse(),
        Verdict.SHORT_REVOKED: _refuse(),
        Verdict.NOT_YET_VALID: _refuse("calendar"),
        Verdict.EXPIRED: _refuse("calendar"),
        Verdict.PAPER_NOT_ALLOWED: _refuse("paper"),
        Verdict.WRONG_CHALLENGE: _refuse("digits"),
        # Amber, yet nobody may confirm it: only a new presentation with the four digits can turn it green.
        Verdict.NOT_LIVE: Meaning(Severity.CHECK, "digits"),
        Verdict.ALREADY_ACCEPTED: _refuse("twice"),
        Verdict.USED_UP: _refuse("twice"),
        Verdict.SHORT_CODE: _confirm("keys"),
        Verdict.PAPER: _confirm("paper"),
        Verdict.IDENTITY_CHECK: _confirm("identity"),
        Verdict.LIST_AGEING: _confirm("list"),
        Verdict.ACCEPTED: Meaning(Severity.ACCEPT, "tick", confirmable=True, exit_code=0),
    }
)
