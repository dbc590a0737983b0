"""What several rooms' tests share: one Playwright for the whole run, since a process can hold only one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Started when a test first asks for a browser, stopped with the run."""
    with sync_playwright() as started:
        yield started
