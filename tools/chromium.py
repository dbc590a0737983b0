"""How Chromium is started here: without a window, without a network of its own."""

from __future__ import annotations

import shutil
from typing import Final

ARGUMENTS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Debian has Chromium a second time, without what draws windows: the same engine, a new profile in a quarter
# of the time. No system stands behind it: a page that asks for the screen to stay on is never answered.
WITHOUT_WINDOWS: Final = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FAKE_CAMERA: Final = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
