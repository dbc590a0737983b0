"""The built site and a phone that keeps its profile, as a real one does when it is switched off."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright


from wallet_world import SETTINGS, Site

from catalogue import read_catalogue
from site_builder.build import build
from site_builder.files.assets import BUNDLED
from tools import firefox
from tools.chromium import ARGUMENTS, WITHOUT_WINDOWS

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of three offers of content/, built once; a worker keeps it whole."""
    assert (BUNDLED / "wallet.js").is_file(), "run « make test », or « node web/build.mjs » first"
    out, day = tmp_path_factory.mktemp("site") / "public", datetime.now(UTC).date()
    catalogue = read_catalogue(ROOT / "content")
    offers = catalogue.current(day)[:3]
    partners = {offer.partner: catalogue.partners[offer.partner] for offer in offers}
    build(replace(catalogue, offers=offers, partners=partners, campaigns=()), out, day=day)
    return out


@pytest.fixture
def site(built: Path) -> Iterator[Site]:
    """The built site, served anew; the cards that a test put on it are taken away."""
    served = Site.serve(built)
    yield served
    served.stop()
    shutil.rmtree(built / "w", ignore_errors=True)


Phone = Callable[..., BrowserContext]


@pytest.fixture
def phone(playwright: Playwright, tmp_path: Path) -> Iterator[Phone]:
    """Return a function that switches a phone on; the same name has the same storage.

    With `service_workers="block"` where nothing is asked about what works offline.
    """
    opened: list[BrowserContext] = []

    def switch_on(name: str = "phone", **settings: object) -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / name),
            executable_path=WITHOUT_WINDOWS,
            args=[*ARGUMENTS],
            **{**SETTINGS, **settings},  # type: ignore[arg-type]
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield switch_on
    for context in opened:
        context.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Go each way in Chromium and in Firefox."""
    if "browser" in metafunc.fixturenames:
        ours = "windows" if "windows" in metafunc.fixturenames else "chromium"
        engines = [ours] if "storage_that_empties" in metafunc.fixturenames else [ours, "firefox"]
        metafunc.parametrize("browser", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def browser(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    started = launch(playwright, request.param)
    yield started
    started.close()


def launch(playwright: Playwright, engine: str) -> Browser:
    if engine == "firefox":
        return firefox.launch(playwright)
    path = shutil.which("chromium") if engine == "windows" else WITHOUT_WINDOWS
    return playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])


@pytest.fixture
def storage_that_empties() -> None:
    """Asked for by a test that takes a page's storage away: Playwright can do that in Chromium alone."""


@pytest.fixture
def windows() -> None:
    """Asked for by a test of what only a Chromium with windows has: its `browser` is one."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh phone; whatever it says on the console as an error fails the test.

    No worker fetches the whole site behind it: tests that are about what works offline switch a `phone` on.
    """
    context = browser.new_context(**SETTINGS, service_workers="block")  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    # A connection that a test refuses, and the style that Playwright gives Firefox's page before a picture.
    expected = ["Failed to load resource"]
    expected += ["style-src-elem"] if browser.browser_type.name == "firefox" else []
    assert [fault for fault in faults if not any(name in fault for name in expected)] == []
