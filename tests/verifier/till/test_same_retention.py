"""How long a till keeps its journal is one rule: command line, page, and the page on privacy agree."""

from __future__ import annotations

import re

from counter_shop import ROOT

from verifier.till.retention import KEEP_DAYS, LEAST_DAYS


def test_page_and_command_line_keep_a_journal_equally_long() -> None:
    page = (ROOT / "web" / "till" / "till.ts").read_text(encoding="utf-8")
    assert re.findall(r"KEEP_DAYS = (\d+);", page) == [str(KEEP_DAYS)]
    assert page.count("KEEP_DAYS * 86_400") == 1


def test_the_page_on_privacy_tells_the_same_days() -> None:
    privacy = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert f"after {KEEP_DAYS} days, or {LEAST_DAYS} at the earliest" in privacy
