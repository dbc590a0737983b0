"""The site of the real content/, built once a session."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from browsing import ENGINES, OURS, PHONE, Opened, launch, on_the_day
from built_site import DAY, ROOT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright
from published import history

from catalogue import Catalogue, read_catalogue
from site_builder.build import build
from site_builder.files.assets import BUNDLED
from site_builder.preview.serve import SiteServer, open_server


@pytest.fixture(scope="session", autouse=True)
def bundled() -> None:
    """Bundle the browser files when nobody has: the builder cannot work without them."""
    if not (BUNDLED / "site.js").is_file():
        node = shutil.which("node")
        assert node, "Node is needed to bundle the browser files"
        subprocess.run([node, "build.mjs", "--quiet"], cwd=ROOT / "web", check=True, timeout=120)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "content")


@pytest.fixture(scope="session")
def built(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site that no test changes."""
    out = tmp_path_factory.mktemp("site") / "public"
    build(catalogue, out, day=DAY, statistics=history(catalogue))
    return out


@pytest.fixture
def served(built: Path) -> Iterator[SiteServer]:
    with open_server(built) as server:
        Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def few(catalogue: Catalogue) -> Catalogue:
    """Three offers and who makes them: every kind of file, and few of each."""
    offers = catalogue.current(DAY)[:3]
    partners = {offer.partner: catalogue.partners[offer.partner] for offer in offers}
    return replace(catalogue, offers=offers, partners=partners, campaigns=())


@pytest.fixture(scope="module", params=ENGINES)
def browser(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    started = launch(playwright, request.param)
    yield started
    started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Opened]:
    """Open a page in a fresh profile; any complaint of the browser fails the test in the end.

    Without a service worker unless asked: it fetches the whole site, which few tests are about.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(known in message.text for known in OURS):
            complaints.append(f"{message.location.get('url')}: {message.text}")

    def open_(address: str, worker: bool = False, **settings: object) -> Page:
        settings["service_workers"] = "allow" if worker else "block"
        context = browser.new_context(viewport=PHONE, locale="fr-FR", **settings)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = on_the_day(context.new_page())
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
