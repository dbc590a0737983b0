"""Ask axe-core about a page: what keeps people out of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

AXE: Final = Path(__file__).resolve().parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_ASK: Final = """runOnly => axe.run(document, {runOnly, resultTypes: ['violations']}).then(told => ({
    passed: told.passes.length,
    faults: told.violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 160)}`)),
}))"""


def faults(page: Page, least: int = 10, rules: Sequence[str] = ()) -> list[str]:
    """Return each fault of the page as it is now, with its element; bring axe there first where it is not.

    Args:
        least: rules that the page must have passed: of an empty page nothing can be wrong.
        rules: their names; all of the standards above when there is none.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    asked = {"type": "rule", "values": [*rules]} if rules else {"type": "tag", "values": [*RULES]}
    told = page.evaluate(_ASK, asked)
    assert told["passed"] >= least, "axe looked at next to nothing"
    return list(told["faults"])
