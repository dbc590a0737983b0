"""What can go wrong in the catalogue room.

CatalogueError                  the base; `.sentence` is what a person reads
├── InvalidContent              content/ has at least one error; `.problems` lists all of them
├── Refused                     an action was not done: a file exists already, an answer is missing…
└── Undecided                   a question was asked that cannot be answered here: no git, no such revision
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogue.problems.problem import Problem


class CatalogueError(Exception):
    """Base of the room's errors.

    Attributes:
        sentence: one French sentence that says what happened and what to do.
        problems: every problem found, in the order of files and lines; empty unless content is invalid.
    """

    def __init__(self, sentence: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = 1
        self.problems = problems


class InvalidContent(CatalogueError):
    """`content/` cannot be used: at least one problem is an error."""


class Refused(CatalogueError):
    """Something asked for was not done, and nothing was changed."""


class Undecided(CatalogueError):
    """What was asked could not be found out; `cje` ends with 3."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.exit_code = 3
