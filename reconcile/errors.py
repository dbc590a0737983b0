"""What can go wrong while reconciling; each error carries its French sentence.

ReconcileError
├── ExportRefused     one file of an import: the others still count
├── StoreRefused      the folder is no store, or another run holds it
└── FileRefused       something that was handed in cannot be used
"""

from __future__ import annotations

from typing import ClassVar

from cje.locales import text


class ReconcileError(Exception):
    """Base of the room. `reason` names the sentence in locales `reconcile`; `facts` fill it."""

    table: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 3

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(f"{reason} {facts}")
        self.reason = reason
        self.facts = facts

    def __reduce__(self) -> tuple[object, ...]:
        """Let it cross from one process to another with its facts."""
        return _remake, (type(self), self.reason, self.facts)

    @property
    def sentence(self) -> str:
        """What a person reads, in French."""
        return self.said("fr")

    def said(self, lang: str) -> str:
        """What a person reads."""
        return text(f"reconcile.{self.table}.{self.reason}", lang, **self.facts)


class ExportRefused(ReconcileError):
    table = "refused"
    exit_code = 1


class StoreRefused(ReconcileError):
    table = "store"


class FileRefused(ReconcileError):
    table = "file"
    exit_code = 1


def _remake(kind: type[ReconcileError], reason: str, facts: dict[str, object]) -> ReconcileError:
    return kind(reason, **facts)
