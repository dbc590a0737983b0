"""WebKitGTK, the engine of Safari's family that Debian has, through its own driver (W3C WebDriver)."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from PIL import Image

DRIVER: Final = shutil.which("WebKitWebDriver")
SCREEN: Final = shutil.which("Xvfb")
BROWSER: Final = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)
INSTALLED: Final = bool(DRIVER and SCREEN and BROWSER)
PATIENCE: Final = 20.0  # seconds for whatever is waited for
TAB: Final = "\ue004"  # WebDriver §17.4.2
ENTER: Final = "\ue007"
_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver §12


class Fault(Exception):
    """What the driver refused, in its own words."""


class WebKit:
    """One session of the browser: what a person does, and what is in sight."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._session = ""
        wanted = {
            "browserName": "MiniBrowser",
            "webkitgtk:browserOptions": {"binary": str(BROWSER), "args": ["--automation"]},
        }
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{made['sessionId']}"
        self._say("/window/rect", width=400, height=820)

    def go(self, address: str) -> None:
        self._say("/url", url=address)

    def press(self, text: str) -> None:
        """Press the button or the link that says this."""
        self._say(f"/element/{self.wait_for(f'(//button|//a)[{_says(text)}]')}/click")

    def type(self, key: str) -> None:
        """Press one key where the focus is: a letter, or one of `TAB` and `ENTER`."""
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self._say("/actions", actions=[{"type": "key", "id": "keyboard", "actions": strokes}])

    def write(self, label: str, value: str) -> None:
        """Write into the field of a label."""
        field = self.wait_for(f"//*[@id=//label[{_says(label)}]/@for] | //label[{_says(label)}]//input")
        self._say(f"/element/{field}/value", text=value)

    def wait_for(self, path: str) -> str:
        """Return the first element in sight of an XPath, once there is one."""
        end = time.monotonic() + PATIENCE
        while True:
            for found in self._say("/elements", using="xpath", value=path):
                element = str(found[_ELEMENT])
                if self._ask("GET", f"{self._session}/element/{element}/displayed"):
                    return element
            if time.monotonic() > end:
                raise Fault(f"nothing in sight at {path}: {self.text()}")

    def text(self) -> str:
        """All words in sight."""
        return str(self.evaluate("return document.body.innerText"))

    def evaluate(self, script: str) -> Any:
        """Run a script in the page; a promise is waited for."""
        return self._say("/execute/sync", script=script, args=[])

    def picture(self) -> Image.Image:
        data = self._ask("GET", f"{self._session}/screenshot")
        return Image.open(io.BytesIO(base64.b64decode(data)))

    def close(self) -> None:
        self._ask("DELETE", self._session)

    def _say(self, path: str, **body: object) -> Any:
        return self._ask("POST", self._session + path, body)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            answer = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(answer, dict) and "error" in answer:
            raise Fault(f"{path}: {answer['error']}: {answer.get('message', '')}")
        return answer


def _says(text: str) -> str:
    return f'contains(normalize-space(.), "{text}") or contains(@aria-label, "{text}")'


@contextmanager
def webkit(home: Path) -> Iterator[WebKit]:
    """A browser with a home folder of its own, on a screen that nobody sees."""
    assert DRIVER and SCREEN
    reading, writing = os.pipe()
    command = [SCREEN, "-displayfd", str(writing), "-screen", "0", "800x900x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        port = _free_port()
        own = {"HOME": home, "XDG_DATA_HOME": home / "data", "XDG_CACHE_HOME": home / "cache"}
        told_home = {name: str(path) for name, path in own.items()}
        driver = subprocess.Popen(
            [DRIVER, f"--port={port}", "--host=127.0.0.1"],
            env={
                **os.environ,
                **told_home,
                "DISPLAY": display,
                "GDK_BACKEND": "x11",
                "LC_ALL": "C.UTF-8",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until_it_listens(driver, port)
            session = WebKit(port)
            yield session
            session.close()
        finally:
            driver.terminate()
            driver.wait(20)
    finally:
        screen.terminate()
        screen.wait(20)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _until_it_listens(driver: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            assert driver.poll() is None and time.monotonic() < end, "WebKitWebDriver did not start"
        else:
            return
