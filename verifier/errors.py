"""What can go wrong at a till besides a verdict; each error carries its sentence.

VerifierError
├── NoTill            the folder is not a till's
├── AlreadyThere      a till, a key or a file stands where a new one would go
├── BadInput          a file or an option that cannot be used, in words
├── FileTooBig        over its cap: refused unread
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

from cje.locales import text


class VerifierError(Exception):
    """Base of the room. `key` names the sentence in locales `verifier`; attributes fill it."""

    key: ClassVar[str]
    exit_code: ClassVar[int] = 3

    def __init__(self, **facts: object) -> None:
        super().__init__(", ".join(f"{name}={value}" for name, value in facts.items()))
        self.facts = facts

    @property
    def sentence(self) -> str:
        """What a person reads, in French."""
        return self.said("fr")

    def said(self, lang: str) -> str:
        """Return the sentence in one of the languages."""
        return text(f"verifier.{self._message}", lang, **self.facts)

    @property
    def _message(self) -> str:
        return f"error.{self.key}"


class NoTill(VerifierError):
    key = "no_till"


class AlreadyThere(VerifierError):
    key = "already_there"
    exit_code = 2


class BadInput(VerifierError):
    """`reason` names the sentence."""

    key = "bad_input"
    exit_code = 2

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(**facts)
        self.reason = reason

    @property
    def _message(self) -> str:
        return f"input.{self.reason}"


class FileTooBig(VerifierError):
    key = "file_too_big"
    exit_code = 1


class KeyExposed(VerifierError):
    key = "key_exposed"


class NotVoidable(VerifierError):
    """`reason`: unknown, not_accepted, already_void, too_late."""

    exit_code = 1

    def __init__(self, n: int, reason: str) -> None:
        super().__init__(n=n)
        self.reason = reason

    @property
    def _message(self) -> str:
        return f"void.{self.reason}"


class PairingRefused(VerifierError):
    """`reason`: untrusted, update_app, demo, other, older, as in `web/till/pairing.ts`."""

    exit_code = 1

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason

    @property
    def _message(self) -> str:
        return f"pair.{self.reason}"


class JournalBusy(VerifierError):
    key = "journal_busy"


class JournalFull(VerifierError):
    key = "journal_full"


class JournalUnreachable(VerifierError):
    key = "journal_unreachable"


class JournalDamaged(VerifierError):
    key = "journal_damaged"
