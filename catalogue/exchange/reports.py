"""The same problems for a person, a program, and the forges' annotations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from catalogue.problems.problem import Problem
from catalogue.reading.examination import Examination
from cje.locales import text

FORMATS = ("text", "json", "github", "sarif")
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report(examination: Examination, form: str, lang: str = "fr") -> str:
    """Everything that was found, in one of FORMATS; empty when there is nothing to print."""
    return problems_report(examination.problems, form, lang)


def problems_report(problems: Sequence[Problem], form: str, lang: str = "fr") -> str:
    """The same for problems that were found in another way."""
    if form == "json":
        return _json(problems, lang)
    if form == "github":
        return "\n".join(github_line(problem, lang) for problem in problems)
    if form == "sarif":
        return json.dumps(sarif(problems, lang), ensure_ascii=False, indent=2)
    return "\n\n".join(problem.render(lang) for problem in problems)


def summary(examination: Examination, lang: str = "fr") -> str:
    """One or two sentences that count what was found."""
    errors, warnings = len(examination.errors), len(examination.warnings)
    parts = []
    if examination.valid:
        counts = {"offers": examination.offers, "partners": examination.partners}
        parts.append(text("catalogue.check.clean", lang, **counts))
    if errors:
        parts.append(text("catalogue.check.errors", lang, count=errors))
    if warnings:
        parts.append(text("catalogue.check.warnings", lang, count=warnings))
    return " ".join(parts)


def _json(problems: Sequence[Problem], lang: str) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    found = {
        "valid": not errors,
        "errors": errors,
        "warnings": len(problems) - errors,
        "problems": [problem.as_json(lang) for problem in problems],
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def github_line(problem: Problem, lang: str = "fr") -> str:
    """A workflow command of GitHub Actions; its separators are escaped, so that no text can add a command."""
    place = {
        "file": problem.path,
        "line": problem.line,
        "col": problem.column,
        "endColumn": problem.column + problem.span.length,
        "title": problem.code,
    }
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    return f"::{problem.severity} {properties}::{_data(f'{problem.sentence(lang)} {problem.mend(lang)}')}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def sarif(problems: Iterable[Problem], lang: str = "fr") -> dict[str, object]:
    """SARIF 2.1.0 (OASIS), which GitHub and GitLab read."""
    listed = list(problems)
    rules = [{"id": code} for code in sorted({problem.code for problem in listed})]
    driver = {"name": "cje offers check", "rules": rules}
    results = [_sarif_result(problem, lang) for problem in listed]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_result(problem: Problem, lang: str) -> dict[str, object]:
    region = {
        "startLine": problem.line,
        "startColumn": problem.column,
        "endColumn": problem.column + problem.span.length,
    }
    location = {"artifactLocation": {"uri": problem.path}, "region": region}
    return {
        "ruleId": problem.code,
        "level": problem.severity,
        "message": {"text": f"{problem.sentence(lang)} {problem.mend(lang)}"},
        "locations": [{"physicalLocation": location}],
    }
