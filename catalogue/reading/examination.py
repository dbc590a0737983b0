"""The result of an examination of content/."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.errors import InvalidContent
from catalogue.model.catalogue import Catalogue
from catalogue.problems.problem import Problem

__all__ = ["Examination", "invalid_content", "remove_duplicates", "valid_catalogue"]


@dataclass(frozen=True)
class Examination:
    """The result of an examination of content/.

    Attributes:
        catalogue: None when a problem is an error, or when some offers came from the cache only.
        problems: errors and warnings of all files, by path and line.
        offers: number of offers without error.
        partners: number of files of partners.
    """

    catalogue: Catalogue | None
    problems: tuple[Problem, ...]
    offers: int = 0
    partners: int = 0

    @property
    def valid(self) -> bool:
        """Whether the content can be published: no problem is an error."""
        return not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def valid_catalogue(examination: Examination) -> Catalogue:
    """Return the catalogue.

    Raises:
        InvalidContent: the content has errors.
    """
    if examination.catalogue is None:
        raise invalid_content(examination.errors)
    return examination.catalogue


def invalid_content(errors: tuple[Problem, ...]) -> InvalidContent:
    """Return the exception for content with these errors."""
    return InvalidContent("invalid", errors, count=len(errors), where=errors[0].path)


def remove_duplicates(problems: Iterable[Problem]) -> list[Problem]:
    """Remove problems that two checks reported at the same position with the same code."""
    return list({(problem.order, problem.span.length): problem for problem in problems}.values())
