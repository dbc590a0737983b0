"""What the end-to-end tests share: a started `cje demo`, and how browsers are launched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext

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
            self.process.terminate()
            self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()


def start_demo(folder: Path, *arguments: str) -> Demo:
    """Start `cje demo` and read its addresses."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cje", "demo", "--json", "--no-figures", "--keep", str(folder), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    return Demo(told["site"], told["wallet"], told["till"], folder, process)


OpenBrowser = Callable[..., BrowserContext]
