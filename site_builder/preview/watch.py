"""Building again whenever the content changes, and telling the browser that looks at it.

Nothing of this is part of a site: the script is added to pages on their way out, and only by a server that
watches.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

__all__ = ["LIVE", "LIVE_SCRIPT", "NO_WORKER", "SCRIPT", "Watch", "with_live_script"]

LIVE = "/.cje-live"
LIVE_SCRIPT = f"{LIVE}.js"
# The page's own policy holds: a file of the same origin that asks the same origin.
SCRIPT = f"""\
const seen = () => fetch("{LIVE}", {{ cache: "no-store" }}).then((answer) => answer.text());
const first = await seen();
setInterval(async () => {{
  if ((await seen().catch(() => first)) !== first) location.reload();
}}, 500);
""".encode()
# A worker of an earlier visit would go on showing the pages that it has kept.
NO_WORKER = b"""\
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.registration.unregister()));
"""
_END = b"</body>"
_EVERY = 0.3  # seconds between two looks at the folder; ten thousand files take 40 ms


def with_live_script(page: bytes) -> bytes:
    """A page that looks every half second whether there is another version of the site."""
    before, end, after = page.rpartition(_END)
    script = f'<script type="module" src="{LIVE_SCRIPT}"></script>\n'.encode()
    return before + script + end + after if end else page


class Watch:
    """Looks at a folder and calls `act` after each change, in a thread of its own.

    Attributes:
        version: how many times `act` has ended well; what browsers ask for.

    Args:
        act: builds again; raises to say that the site stays as it is.
        tell: shown what went wrong; the watch goes on.
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
        """Act when something has changed since the last look; tell whether."""
        state = _state(self._folder)
        if state == self._seen:
            return False
        self._seen = state
        try:
            self._act()
            self.version += 1
        except Exception as error:  # an editor's fault is told, and mended by the next change
            self._tell(error)
        return True


def _state(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What shows that a file has changed, for each file below a folder."""
    found: dict[str, tuple[int, int, int]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = f"{place}{os.sep}{name}"
            try:
                state = os.lstat(path)
            except OSError:
                continue  # deleted between the two
            found[path] = (state.st_mtime_ns, state.st_size, state.st_ino)
    return found
