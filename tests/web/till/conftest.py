"""The till in a real Chromium, on the real site, before a camera that films what the test draws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest


import shop
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Playwright
from till_page import CLOCK, NO_CAMERA, PHONE, Counter, Device, OpenBrowser

from site_builder.preview.serve import SiteServer
from tools import firefox
from tools.chromium import WITHOUT_WINDOWS


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a built site with one shop, whose trust list is fresh."""
    folder = tmp_path_factory.mktemp("till-site") / "public"
    shop.publish_trust(folder, shop.trust_file(shop.trust_list()))
    shop.build_site(folder)
    return folder


@pytest.fixture
def site(public: Path) -> Iterator[SiteServer]:
    with shop.serving(public) as server:
        yield server


def launched(playwright: Playwright, film: Path) -> Browser:
    """Start a Chromium whose camera films `film`."""
    return playwright.chromium.launch(
        executable_path=WITHOUT_WINDOWS,
        args=[*shop.CHROMIUM, f"--use-file-for-fake-video-capture={film}"],
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Go each way in Chromium and in Firefox; only Chromium has a camera that films what a test draws."""
    if "blind" in metafunc.fixturenames:
        engines = ["chromium"] if "camera" in metafunc.fixturenames else ["chromium", "firefox"]
        metafunc.parametrize("blind", engines, indirect=True, scope="session")


@pytest.fixture
def camera() -> None:
    """Asked for by a test of what a camera films."""


@pytest.fixture(scope="session")
def blind(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Browser]:
    """One browser for all tests whose camera sees nothing; each has a context, so a storage, of its own."""
    if request.param == "firefox":
        browser = firefox.launch(playwright)
        yield browser
        browser.close()
        return
    film = shop.film(tmp_path_factory.mktemp("film") / "blank.mjpeg", [Image.new("RGB", (10, 10), "white")])
    browser = launched(playwright, film)
    yield browser
    browser.close()


@pytest.fixture
def open_browser(playwright: Playwright, blind: Browser, tmp_path: Path) -> Iterator[OpenBrowser]:
    """Return a function that opens a context whose camera films the given pictures."""
    contexts: list[BrowserContext] = []
    browsers: list[Browser] = []

    def open_(*pictures: Image.Image, camera: bool = True, **settings: object) -> BrowserContext:
        browser, chromium = blind, blind.browser_type.name == "chromium"
        assert chromium or not camera, "a test of what a camera films asks for the fixture `camera`"
        if pictures:
            browser = launched(playwright, shop.film(tmp_path / f"{len(browsers)}.mjpeg", pictures))
            browsers.append(browser)
        options: dict[str, object] = {"viewport": PHONE, "locale": "fr-FR", "reduced_motion": "reduce"}
        options.update(settings)
        if camera and chromium:
            options["permissions"] = ["camera"]
        contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
        contexts[-1].add_init_script(CLOCK)
        if not camera:  # nor a decoder that looks at white pictures all the time
            contexts[-1].add_init_script(NO_CAMERA)
        return contexts[-1]

    yield open_
    for context in contexts:
        context.close()
    for browser in browsers:
        browser.close()


@pytest.fixture
def counter(open_browser: OpenBrowser, site: SiteServer) -> Iterator[Counter]:
    """Return a till that has been set up, without a camera."""
    ready = Counter.of(open_browser(camera=False).new_page()).set_up(site.url)
    yield ready
    assert ready.faults == []


@pytest.fixture
def device(playwright: Playwright, tmp_path: Path) -> Iterator[Device]:
    made = Device(playwright, tmp_path / "disk")
    yield made
    if made.context is not None:
        with suppress(Error):
            made.context.close()
