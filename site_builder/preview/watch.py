"""Rebuilds on each change of the content, and reloads of open pages.

None of this is part of a built site: a server with `--watch` adds the script to the pages that it sends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

__all__ = ["LIVE", "LIVE_SCRIPT", "NO_WORKER", "SCRIPT", "Watch", "with_live_script"]

LIVE = "/.cje-live"
LIVE_SCRIPT = f"{LIVE}.js"
# The content policy allows this script: its origin and the address that it asks are the site's own.
SCRIPT = f"""\
const seen = () => fetch("{LIVE}", {{ cache: "no-store" }}).then((answer) => answer.text());
const first = await seen();
setInterval(async () => {{
  if ((await seen().catch(() => first)) !== first) location.reload();
}}, 500);
""".encode()
# Without it, the service worker of an earlier visit would still show its cached pages.
NO_WORKER = b"""\
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.registration.unregister()));
"""
_END = b"</body>"
_EVERY = 0.3  # seconds between two scans of the folder; 10,000 files take 40 ms


def with_live_script(page: bytes) -> bytes:
    """Return a page with the script, which asks every 500 ms for the version of the site."""
    before, end, after = page.rpartition(_END)
    script = f'<script type="module" src="{LIVE_SCRIPT}"></script>\n'.encode()
    return before + script + end + after if end else page


class Watch:
    """A thread that watches a folder and calls `act` after each change.

    Attributes:
        version: a number that grows with each successful call of `act`; browsers ask for it.

    Args:
        act: rebuilds the site. When it raises, the version stays the same.
        tell: called with an exception of `act`. The watch continues.
    """

    def __init__(self, folder: Path, act: Callable[[], None], tell: Callable[[Exception], None]) -> None:
        self._folder, self._act, self._tell = folder, act, tell
        self._stop = threading.Event()
        self._seen = _state(folder)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.version = 1

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_EVERY):
            self.look()

    def look(self) -> bool:
        """Call `act` if a file has changed since the last call; return whether one has."""
        state = _state(self._folder)
        if state == self._seen:
            return False
        self._seen = state
        try:
            self._act()
            self.version += 1
        except Exception as error:  # a fault of the editor, who corrects it with a later change
            self._tell(error)
        return True


def _state(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return mtime in nanoseconds, size and inode of each file below a folder, by path."""
    found: dict[str, tuple[int, int, int]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = f"{place}{os.sep}{name}"
            try:
                state = os.lstat(path)
            except OSError:
                continue  # deleted after the folder was listed
            found[path] = (state.st_mtime_ns, state.st_size, state.st_ino)
    return found
