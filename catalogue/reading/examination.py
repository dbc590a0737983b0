"""What an examination of content/ gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.errors import InvalidContent
from catalogue.model.catalogue import Catalogue
from catalogue.problems.problem import Problem

__all__ = ["Examination", "invalid_content", "remove_duplicates", "valid_catalogue"]


@dataclass(frozen=True)
class Examination:
    """What an examination of content/ found.

    Attributes:
        catalogue: None as soon as one problem is an error, and where some offers were only remembered.
        problems: errors and warnings of all files, by path and line.
        offers, partners: how many there are, faulty ones left out.
    """

    catalogue: Catalogue | None
    problems: tuple[Problem, ...]
    offers: int = 0
    partners: int = 0

    @property
    def valid(self) -> bool:
        """Nothing keeps the content from being published."""
        return not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def valid_catalogue(examination: Examination) -> Catalogue:
    """The catalogue, or `InvalidContent` with the errors that kept it from being made."""
    if examination.catalogue is None:
        raise invalid_content(examination.errors)
    return examination.catalogue


def invalid_content(errors: tuple[Problem, ...]) -> InvalidContent:
    """The error for content with these errors."""
    return InvalidContent("invalid", errors, count=len(errors), where=errors[0].path)


def remove_duplicates(problems: Iterable[Problem]) -> list[Problem]:
    """Without those that two checks found at the same place."""
    return list({(problem.order, problem.span.length): problem for problem in problems}.values())
