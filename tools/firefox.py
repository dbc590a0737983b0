"""How Debian's Firefox is started here, and a person's own settings as it keeps them: in preferences.

Playwright drives it over WebDriver BiDi and promises there, without a word, what it does not do: a context's
`color_scheme`, `forced_colors`, `reduced_motion`, `java_script_enabled` and `set_offline` change nothing.
"""

from __future__ import annotations

import os
import shutil
from typing import Final

from playwright.sync_api import Browser, Playwright

PROGRAM: Final = shutil.which("firefox-esr")

Preferences = dict[str, str | float | bool]
CALM: Final[Preferences] = {"ui.prefersReducedMotion": 1}
NIGHT: Final[Preferences] = {"layout.css.prefers-color-scheme.content-override": 0}
# As a window of 1280 by 800 is seen at 200 %: the context must bring no viewport of its own.
TWICE: Final[Preferences] = {"layout.css.devPixelsPerPx": "2.0"}
NO_SCRIPTS: Final[Preferences] = {"javascript.enabled": False}


def forced(ink: str, paper: str, link: str) -> Preferences:
    """Only the person's colours, whatever a page asks for: CSS calls it `forced-colors: active`."""
    return {
        "browser.display.document_color_use": 2,
        "browser.display.use_system_colors": False,
        "browser.display.foreground_color": ink,
        "browser.display.background_color": paper,
        "browser.anchor_color": link,
        "browser.visited_color": link,
    }


FORCED: Final = {
    "light": forced("#000000", "#ffffff", "#0000c0"),
    "dark": forced("#ffffff", "#000000", "#ffff00"),
}


def launch(playwright: Playwright, preferences: Preferences | None = None) -> Browser:
    """Start it in a profile of its own that has these preferences, on a desk of 1280 by 800 pixels."""
    assert PROGRAM, "firefox-esr is not installed: apt-get install firefox-esr"
    return playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=PROGRAM,
        firefox_user_prefs=preferences or {},
        env={**os.environ, "MOZ_HEADLESS_WIDTH": "1280", "MOZ_HEADLESS_HEIGHT": "800"},
    )
