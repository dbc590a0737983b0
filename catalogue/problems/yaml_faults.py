"""Message codes for libyaml's syntax errors, which are English phrases."""

from __future__ import annotations

from catalogue.problems.problem import Span

# Phrases of libyaml 0.2.5 (scanner.c, parser.c) and of PyYAML's composer. First match wins.
_PHRASES = (
    ("could not find expected ':'", "yaml-missing-colon"),
    ("mapping values are not allowed", "yaml-colon-in-text"),
    ("did not find expected key", "yaml-indentation"),
    ("did not find expected '-' indicator", "yaml-indentation"),
    ("block sequence entries are not allowed", "yaml-indentation"),
    ("wrong indentation", "yaml-indentation"),
    ("found unexpected end of stream", "yaml-quote-open"),
    ("found unexpected document indicator", "yaml-quote-open"),
    ("did not find expected ','", "yaml-bracket-open"),
    ("expected a single document", "yaml-several-documents"),
    ("but found another document", "yaml-several-documents"),
    ("did not find expected <document start>", "yaml-several-documents"),
    ("unknown escape character", "yaml-escape"),
    ("expected hexdecimal number", "yaml-escape"),
    ("invalid Unicode character escape code", "yaml-escape"),
    ("found a tab character", "yaml-tab"),
    ("found undefined alias", "yaml-alias"),
    ("directive", "yaml-directive"),
    ("%YAML", "yaml-directive"),
    ("incompatible YAML document", "yaml-directive"),
)


def find_fault_code(phrase: str, span: Span) -> str:
    """Return the code for a phrase of libyaml. For a vague phrase, the character at `span` decides."""
    for part, code in _PHRASES:
        if part in phrase:
            return _nearer(code, span)
    here = span.source[span.column - 1 : span.column]
    if here == "\t":
        return "yaml-tab"
    if "cannot start any token" in phrase and here in ("@", "`", "%"):
        return "yaml-reserved-character"
    return "yaml-syntax"


def _nearer(code: str, span: Span) -> str:
    """Return a more precise code for two vague phrases, from the text before the position."""
    before = span.source[: span.column - 1]
    if code == "yaml-colon-in-text" and span.line > 1 and ":" not in before:
        return "yaml-missing-colon"  # this line is correct; the line before it has no colon
    if code == "yaml-indentation" and before.rstrip().endswith(("'", '"')):
        return "yaml-quote-inside"  # 'L'affiche': the apostrophe ends the quoted text
    return code
