"""What can go wrong at a till besides a verdict; each error carries its sentence.

VerifierError
├── NoTill            the folder is not a till's
├── BadInput          a file or an option that cannot be used, in words
├── KeyExposed        the till's key can be read by others
├── NotVoidable       that row cannot be taken back
├── PairingRefused    a pairing that this till does not take
├── JournalBusy       another process holds the journal for too long
├── JournalFull       the disk takes no more rows
├── JournalUnreachable  the server of a shared journal does not answer
└── JournalDamaged    the journal's file or chain does not hold
"""

from __future__ import annotations

from typing import ClassVar

from cje.errors import Fault


class VerifierError(Fault):
    """Base of the room. Each class has one code, but for those that take a `reason`."""

    prefix = "verifier.error"
    exit_code = 3
    key: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        super().__init__(self.key, **facts)


class _WithReason(VerifierError):
    """Its code is the reason that the caller gives."""

    def __init__(self, reason: str, **facts: object) -> None:
        Fault.__init__(self, reason, **facts)


class NoTill(VerifierError):
    key = "no_till"


class BadInput(_WithReason):
    """A file or an option that cannot be used."""

    prefix = "verifier.input"
    exit_code = 2


class KeyExposed(VerifierError):
    key = "key_exposed"


class NotVoidable(_WithReason):
    """Codes: unknown, not_accepted, already_void, too_late. Fact: `n`, the row."""

    prefix = "verifier.void"
    exit_code = 1

    def __init__(self, n: int, reason: str) -> None:
        super().__init__(reason, n=n)


class PairingRefused(_WithReason):
    """Codes: untrusted, update_app, demo, other, older, as in `web/till/pairing.ts`."""

    prefix = "verifier.pair"
    exit_code = 1


class JournalBusy(VerifierError):
    key = "journal_busy"


class JournalFull(VerifierError):
    key = "journal_full"


class JournalUnreachable(VerifierError):
    key = "journal_unreachable"


class JournalDamaged(VerifierError):
    key = "journal_damaged"
