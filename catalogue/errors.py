"""What can go wrong in the catalogue room.

CatalogueError       base
├── InvalidContent   content/ has at least one error; `.problems` lists all of them
├── Refused          an action was not done: a file exists already, an answer is missing…
└── Undecided        a question that cannot be answered here: no git, no such revision
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cje.errors import Fault

if TYPE_CHECKING:
    from catalogue.problems.problem import Problem


class CatalogueError(Fault):
    """Base of the room's errors; `code` is a key of the room's own locale file."""

    prefix = "catalogue"


class InvalidContent(CatalogueError):
    """Content that cannot be used: at least one problem is an error.

    Attributes:
        problems: every problem found, in the order of files and lines.
    """

    def __init__(self, code: str, problems: tuple[Problem, ...], **facts: object) -> None:
        super().__init__(code, **facts)
        self.problems = problems


class Refused(CatalogueError):
    """Something asked for was not done, and nothing was changed."""


class Undecided(CatalogueError):
    """The answer could not be found out; `cje` ends with 3."""

    exit_code = 3
