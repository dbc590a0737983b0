"""The running product: `cje demo` as a newcomer starts it, real browsers, a camera that films a screen."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

CHROMIUM = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 360, "height": 740}


@dataclass
class Demo:
    """A started `cje demo`: its addresses, its folder, and a way to stop its server for good."""

    site: str
    wallet: str
    till: str
    folder: Path
    process: subprocess.Popen[str]

    @property
    def public(self) -> Path:
        return self.folder / "public"

    def stop(self) -> None:
        """Stop the server: from here on nothing answers on its port."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=20)


def start_demo(folder: Path, *arguments: str) -> Demo:
    """Start `cje demo` and read its addresses."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cje", "demo", "--json", "--keep", str(folder), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    return Demo(told["site"], told["wallet"], told["till"], folder, process)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = start_demo(tmp_path / "demo")
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


OpenBrowser = Callable[..., BrowserContext]


@pytest.fixture
def open_browser(playwright: Playwright, tmp_path: Path) -> Iterator[OpenBrowser]:
    """Return a function that opens a browser on a profile that outlives it, like a phone that is switched off.

    With `film`, the browser's camera shows that file for as long as it is open.
    """
    opened: list[BrowserContext] = []

    def open_(profile: str, film: Path | None = None, **settings: object) -> BrowserContext:
        camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        camera += [f"--use-file-for-fake-video-capture={film.resolve()}"] if film else []
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / profile),
            executable_path=shutil.which("chromium"),
            args=[*CHROMIUM, *camera],
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
