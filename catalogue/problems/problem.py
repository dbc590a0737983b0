"""A problem in a file of content/: its position, its message and its correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cje.locales import text

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Span:
    """A part of one line.

    Attributes:
        line: from 1.
        column: of the first character, from 1, in code points.
        length: in code points, at least 1.
        source: the whole line without its line end; empty when there is no line to show.
    """

    line: int = 1
    column: int = 1
    length: int = 1
    source: str = ""


@dataclass(frozen=True)
class Problem:
    """One error or warning in a file.

    Attributes:
        path: relative to the working folder where possible, such as `content/offers/x.yaml`.
        code: the message's name: `catalogue.problems.<code>` in locales. It never changes.
        span: the faulty text.
        values: values for the message's placeholders.
        suggestion: the probable correct value.
        severity: an error keeps the content from being published; a warning does not.
    """

    path: str
    code: str
    span: Span = Span()
    values: Mapping[str, str] = field(default_factory=dict)
    suggestion: str | None = None
    severity: Severity = "error"

    @property
    def line(self) -> int:
        return self.span.line

    @property
    def column(self) -> int:
        return self.span.column

    @property
    def message(self) -> str:
        return self.sentence("fr")

    @property
    def fix(self) -> str:
        return self.mend("fr")

    def sentence(self, lang: str) -> str:
        """Return the description of the problem."""
        return text(f"catalogue.problems.{self.code}.sentence", lang, **self.values)

    def mend(self, lang: str) -> str:
        """Return how to correct the problem, with the suggested value if there is one."""
        how = text(f"catalogue.problems.{self.code}.mend", lang, **self.values)
        if self.suggestion is None:
            return how
        return f"{text('catalogue.did_you_mean', lang, suggestion=self.suggestion)} {how}"

    def render(self, lang: str = "fr") -> str:
        """Return the text for a terminal: position, description, the line with carets, and the correction."""
        word = text(f"catalogue.severity.{self.severity}", lang)
        parts = [f"{self.path}:{self.line}:{self.column} {word} — {self.sentence(lang)}"]
        if self.span.source.strip():
            parts += _underlined(self.span)
        parts.append(f"   → {self.mend(lang)}")
        return "\n".join(parts)

    def as_json(self, lang: str = "fr") -> dict[str, object]:
        """Return the problem as a tree for `--json`."""
        return {
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "length": self.span.length,
            "severity": self.severity,
            "code": self.code,
            "message": self.sentence(lang),
            "fix": self.mend(lang),
            "suggestion": self.suggestion,
        }

    @property
    def order(self) -> tuple[str, int, int, str]:
        return (self.path, self.line, self.column, self.code)


MAX_SHOWN = 100  # characters of a line that fit a terminal


def _underlined(span: Span) -> list[str]:
    """Return the line and, below its faulty part, carets. A long line is cut to `MAX_SHOWN` characters."""
    start = max(0, min(span.column - 1, len(span.source)))
    first = max(0, start - MAX_SHOWN // 2) if len(span.source) > MAX_SHOWN else 0
    shown = "".join(_visible(char) for char in span.source[first : first + MAX_SHOWN])
    carets = "^" * max(1, min(span.length, len(shown) - (start - first)))
    gutter = str(span.line)
    return [f"   {gutter} | {shown}", f"   {' ' * len(gutter)} | {' ' * (start - first)}{carets}"]


def _visible(char: str) -> str:
    # A control or bidi character could change the text that the terminal shows.
    return char if char.isprintable() else "·"
