"""A broken rule whose line and column are not looked up yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalogue.problems.problem import Problem, Severity, Span


@dataclass(frozen=True)
class Breach:
    """A broken rule.

    Attributes:
        place: keys and indexes from the top of the document to the faulty value.
        code: the message's name: `catalogue.problems.<code>` in locales.
        values: values for the message's placeholders.
        suggestion: the probable correct value.
        warning: the problem does not keep the content from being published.
    """

    place: tuple[int | str, ...]
    code: str
    values: dict[str, str] = field(default_factory=dict)
    suggestion: str | None = None
    warning: bool = False

    def at(self, path: str, span: Span) -> Problem:
        """Return the problem at a position of the file shown as `path`."""
        severity: Severity = "warning" if self.warning else "error"
        return Problem(path, self.code, span, self.values, self.suggestion, severity)
