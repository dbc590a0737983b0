"""The base of every room's errors: a stable code, facts, an exit code, one sentence in each language.

Fault
├── OutputRefused    a file or folder that exists already, or cannot be written
└── FileTooBig       a file over its cap, refused unread
"""

from __future__ import annotations

from typing import Any, ClassVar

from cje.locales import text


class Fault(Exception):
    """An error that a person can understand and act on.

    Attributes:
        prefix: the table of the locales that holds the sentences, `issuer.errors` for example.
        code: stable; `<prefix>.<code>` is the sentence.
        facts: what the sentence names. Never a secret, an activation code or a passphrase.
        exit_code: 1 refused or invalid, 2 usage, 3 could not decide.
    """

    prefix: ClassVar[str]
    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"

    def __reduce__(self) -> tuple[object, ...]:
        """Cross from one process to another with every attribute, whatever `__init__` takes."""
        return _restore, (type(self), self.args, self.__dict__)

    @property
    def sentence(self) -> str:
        """What happened and what to do, in French."""
        return self.said("fr")

    def said(self, lang: str) -> str:
        """Return the sentence in one of the languages."""
        return text(f"{self.prefix}.{self.code}", lang, **self.facts)


def _restore(kind: type[Fault], arguments: tuple[object, ...], attributes: dict[str, Any]) -> Fault:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(attributes)
    return error


class OutputRefused(Fault):
    """Nothing was written. Codes: `exists` (`path`), `unwritable` (`path`, `reason`)."""

    prefix = "command.output"


class FileTooBig(Fault):
    """Refused unread. Facts: `path`, `cap` in bytes."""

    prefix = "command.input"

    def __init__(self, path: object, cap: int) -> None:
        super().__init__("file_too_big", path=path, cap=cap)
