"""What all rooms' tests share: their order, one Playwright and one PostgreSQL for the whole run."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from playwright.sync_api import Playwright, sync_playwright

if TYPE_CHECKING:
    from tools.postgresql import PostgreSQL

# A change is judged by the same examples each time; `make nightly` looks for others.
settings.register_profile("pr", derandomize=True)
settings.register_profile("nightly", print_blob=True)
settings.load_profile("nightly" if os.environ.get("CJE_FULL") else "pr")


# A shell's background jobs ignore Ctrl-C, and so would every command that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first, whatever the random order: else one worker ends long after the others."""
    items.sort(
        key=lambda item: [
            item.get_closest_marker(name) is None for name in ("xdist_group", "browser", "slow")
        ]
    )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Started when a test first asks for a browser, stopped with the run: a process can hold only one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A server of this worker's own on a Unix socket; `postgresql.database()` is a fresh database's URL."""
    from tools.postgresql import PostgreSQL

    with PostgreSQL() as server:
        yield server
