"""Every promise of the threat model is shown by a test, or says that it is not yet."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THREAT_MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")


def marked() -> set[str]:
    """Return the promises that some test is marked with."""
    found = set()
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "promise"
            ):
                found |= {str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)}
    return found


def rows(section: str) -> set[str]:
    """Return the numbers in the first column of a section's table."""
    text = THREAT_MODEL.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"(?m)^\| (P\d+) \|", text))


def test_the_threat_model_lists_thirty_promises() -> None:
    assert rows("Promises") == {f"P{n}" for n in range(1, 31)}


def test_each_promise_is_shown_or_said_to_be_open() -> None:
    assert rows("Promises") - marked() == rows("Not yet shown by a test")


def test_no_test_names_a_promise_that_does_not_exist() -> None:
    assert marked() <= rows("Promises")
