"""A rule that is not kept, before it is known where in the text that is."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalogue.problems.problem import Problem, Severity, Span


@dataclass(frozen=True)
class Breach:
    """A rule that is not kept: where in the file (keys and indexes), and the message with its values."""

    place: tuple[int | str, ...]
    code: str
    values: dict[str, str] = field(default_factory=dict)
    suggestion: str | None = None
    warning: bool = False

    def at(self, path: str, span: Span) -> Problem:
        """The problem to tell, once its place is known."""
        severity: Severity = "warning" if self.warning else "error"
        return Problem(path, self.code, span, self.values, self.suggestion, severity)
