"""What the issuer refuses. Each carries one French sentence, and nothing was changed when it is raised.

IssuerError
├── StateRefused     the state folder: absent, already there, open to others, of another schema, foreign
├── KeyRefused       a key file: wrong passphrase, readable by others, damaged, absent, outside its window
├── InputRefused     a CSV, a campaign, an option: `.problems` has all of them, with their lines
├── OutputRefused    a result that exists already, or a folder that cannot be written
└── AuditBroken      the audit log or what it vouches for was edited
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cje.locales import text


class IssuerError(Exception):
    """Base of the room's errors.

    Attributes:
        code: stable; `issuer.errors.<code>` in the locales is its sentence.
        values: what the sentence names. Never a secret, a code or a passphrase.
        exit_code: 1, refused; see the house style.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    @property
    def sentence(self) -> str:
        """One French sentence: what happened, and what to do."""
        return self.render("fr")

    def render(self, lang: str) -> str:
        return text(f"issuer.errors.{self.code}", lang, **self.values)


class StateRefused(IssuerError):
    """The state folder cannot be used or made."""


class KeyRefused(IssuerError):
    """A key cannot be opened or may not sign this."""


class OutputRefused(IssuerError):
    """Nothing was written: it exists, or the folder refuses."""


class AuditBroken(IssuerError):
    """The log does not hold; `values["row"]` is the first row that does not."""


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong in a file that a person wrote; `line` counts from 1, 0 is the file as a whole."""

    line: int
    code: str
    values: tuple[tuple[str, object], ...] = ()

    def render(self, lang: str) -> str:
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

    def render(self, lang: str) -> str:
        head = super().render(lang)
        return "\n".join((head, *(f"  {item.render(lang)}" for item in self.problems)))
