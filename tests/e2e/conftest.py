"""The running product: `cje demo` as a newcomer starts it, real browsers, a camera that films a screen."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import BrowserContext, Playwright
from stage import PHONE, Demo, OpenBrowser, start_demo

from tools.chromium import ARGUMENTS


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One product for all: nobody stops it."""
    running = start_demo(tmp_path_factory.mktemp("world") / "demo")
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def own_demo(tmp_path: Path) -> Iterator[Demo]:
    """A product that a test may stop."""
    running = start_demo(tmp_path / "demo")
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def open_browser(playwright: Playwright, tmp_path: Path) -> Iterator[OpenBrowser]:
    """Return a function that opens a browser on a profile that outlives it, like a phone switched off.

    With `film`, the browser's camera shows that file for as long as it is open.
    """
    opened: list[BrowserContext] = []

    def open_(profile: str, film: Path | None = None, **settings: object) -> BrowserContext:
        camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        camera += [f"--use-file-for-fake-video-capture={film.resolve()}"] if film else []
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / profile),
            executable_path=shutil.which("chromium"),
            args=[*ARGUMENTS, *camera],
            permissions=["camera"],
            viewport=PHONE,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            **settings,  # type: ignore[arg-type]
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield open_
    for context in opened:
        context.close()


@pytest.fixture
def film(tmp_path: Path) -> Callable[[bytes], Path]:
    """Return a function that films a screenshot (PNG) with a slightly soft lens, as an MJPEG file."""

    def film_(screenshot: bytes) -> Path:
        shown = Image.open(io.BytesIO(screenshot)).convert("RGB")
        shown.thumbnail((430, 430))
        frame = Image.new("RGB", (640, 480), (96, 92, 88))
        frame.paste(shown, ((640 - shown.width) // 2, (480 - shown.height) // 2))
        path = tmp_path / f"film-{len(list(tmp_path.glob('film-*')))}.mjpeg"
        with path.open("wb") as out:
            for turn in (0, 2, -3, 1):
                moved = frame.rotate(turn, fillcolor=(96, 92, 88), resample=Image.Resampling.BICUBIC)
                moved.filter(ImageFilter.GaussianBlur(0.6)).save(out, "JPEG", quality=88)
        return path

    return film_
