"""What the issuer refuses. Each carries one French sentence, and nothing was changed when it is raised.

IssuerError
├── StateRefused     the state folder: absent, already there, open to others, of another schema, foreign
├── KeyRefused       a key file: wrong passphrase, readable by others, damaged, absent, outside its window
├── UploadRefused    the storage refuses, or there is nothing to upload
├── FormatRefused    a picture in a format that is not made here
├── InputRefused     a CSV, a campaign, an option: `.problems` has all of them, with their lines
└── AuditBroken      the audit log or what it vouches for was edited
"""

from __future__ import annotations

from dataclasses import dataclass

from cje.errors import Fault
from cje.locales import text


class IssuerError(Fault):
    """Base of the room's errors; nothing was changed when one is raised."""

    prefix = "issuer.errors"


class StateRefused(IssuerError):
    """The state folder cannot be used or made."""


class UploadRefused(IssuerError):
    """The storage refuses, or there is nothing to upload."""


class FormatRefused(IssuerError):
    """A picture is wanted in a format that is not made here."""


class KeyRefused(IssuerError):
    """A key cannot be opened or may not sign this."""


class AuditBroken(IssuerError):
    """The log does not hold; `facts["row"]` is the first row that does not."""


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong in a file that a person wrote; `line` counts from 1, 0 is the file as a whole."""

    line: int
    code: str
    values: tuple[tuple[str, object], ...] = ()

    def said(self, lang: str) -> str:
        sentence = text(f"issuer.problems.{self.code}", lang, **dict(self.values))
        return text("issuer.problem_line", lang, line=self.line, sentence=sentence) if self.line else sentence


def problem(line: int, code: str, **values: object) -> InputProblem:
    """An `InputProblem` with its values by name."""
    return InputProblem(line, code, tuple(sorted(values.items())))


class InputRefused(IssuerError):
    """A file that a person wrote is refused whole; every problem of it is told at once."""

    def __init__(self, path: str, problems: tuple[InputProblem, ...]) -> None:
        super().__init__("input", path=path, count=len(problems))
        self.problems = problems

    def said(self, lang: str) -> str:
        head = super().said(lang)
        return "\n".join((head, *(f"  {item.said(lang)}" for item in self.problems)))
