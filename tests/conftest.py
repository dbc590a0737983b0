"""What all rooms' tests share: their tier and order, one Playwright and one PostgreSQL for the whole run."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from playwright.sync_api import Playwright, sync_playwright

if TYPE_CHECKING:
    from tools.postgresql import PostgreSQL

# A change is judged by the same examples each time; `make nightly` looks for others.
settings.register_profile("pr", derandomize=True)
settings.register_profile("nightly", print_blob=True)
settings.load_profile("nightly" if os.environ.get("CJE_NIGHTLY") else "pr")


# A shell's background jobs ignore Ctrl-C, and so would every command that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# A test that asks for one of these, as a fixture or as a parameter, is marked `journey`.
JOURNEYS = {"apache", "firefox", "nginx", "postgresql", "webkit"}
# Programs that only a journey may start.
SERVICES = {"MiniBrowser", "WebKitWebDriver", "Xvfb", "apache2", "firefox-esr", "initdb", "mmdebstrap"}
SERVICES |= {"moto_server", "mount", "nginx", "postgres", "softhsm2-util", "unshare"}


class WrongTier(AssertionError):
    """A test that is not marked `journey` starts a service or a second engine."""


in_the_first_tier = False


def _look_at_programs(event: str, arguments: tuple[object, ...]) -> None:
    if event != "subprocess.Popen" or not in_the_first_tier or not isinstance(arguments[1], list | tuple):
        return
    words = [os.fsdecode(word) for word in arguments[1] if isinstance(word, str | bytes | os.PathLike)]
    programs = {Path(word).name for place, word in enumerate(words) if not place or word[:1] == "/"}
    if wrong := programs & SERVICES:
        raise WrongTier(f"{wrong} is started by a test without the mark `journey`")


sys.addaudithook(_look_at_programs)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ends-at", type=float, metavar="SECONDS", help="Unix time after which no test starts")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the journeys, and sort the long ones first: else one worker ends long after the others.

    When the run has an end the long ones come last, as fewer tests are lost then.
    """
    for item in items:
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        asked = {*getattr(item, "fixturenames", ()), *(one for one in parameters if isinstance(one, str))}
        if asked & JOURNEYS:
            item.add_marker("journey")
    items.sort(
        key=lambda item: [
            item.get_closest_marker(name) is None for name in ("xdist_group", "browser", "slow")
        ],
        reverse=config.getoption("ends_at") is not None,
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    global in_the_first_tier
    in_the_first_tier = item.get_closest_marker("journey") is None
    end = item.config.getoption("ends_at")
    if end is not None and time.time() > end:
        pytest.fail("did not run: its time was over", pytrace=False)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """What a session shares is put away after whichever test is the last."""
    global in_the_first_tier
    in_the_first_tier = False


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Started when a test first asks for a browser, stopped with the run: a process can hold only one."""
    with sync_playwright() as started:
        for engine in (started.firefox, started.webkit):
            engine.launch = _for_journeys(engine.launch)  # type: ignore[method-assign]
            engine.launch_persistent_context = _for_journeys(  # type: ignore[method-assign]
                engine.launch_persistent_context
            )
        yield started


def _for_journeys(launch: Callable[..., Any]) -> Callable[..., Any]:
    def launched(*arguments: Any, **settings: Any) -> Any:
        if in_the_first_tier:
            raise WrongTier("a second engine is started by a test without the mark `journey`")
        return launch(*arguments, **settings)

    return launched


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A server of this worker's own on a Unix socket; `postgresql.database()` is a fresh database's URL."""
    from tools.postgresql import PostgreSQL

    with PostgreSQL() as server:
        yield server
