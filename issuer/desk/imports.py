"""A CSV between its preview and its confirmation: kept in the state folder, so that a crash loses nothing.

It is removed once imported or set aside, and after a day whatever happened.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cje import system_clock
from cje.files import Disk
from issuer.decisions.enrolment_csv import Survey, survey_people
from issuer.register.vault import State
from voucher import civil

MAX_UPLOAD: Final = 16 * 1024 * 1024
KEPT_SECONDS: Final = 86_400
_NAME: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Imports:
    """The folder of files that wait."""

    state: State

    @property
    def folder(self) -> Path:
        return self.state.folder / "desk"

    def keep(self, data: bytes) -> str:
        """Keep an uploaded file; return its name, the SHA-256 of its bytes."""
        name = hashlib.sha256(data).hexdigest()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if not (self.folder / name).exists():
            Disk().create(self.folder / name, data)
        return name

    def read(self, name: str, programmes: list[str], now: int) -> Survey | None:
        """Read a file that waits; None when there is none."""
        path = self.folder / name
        if not _NAME.fullmatch(name) or not path.is_file():
            return None
        return survey_people(path, programmes, civil.day_of(now))

    def drop(self, name: str) -> None:
        """Remove a file that waited."""
        if _NAME.fullmatch(name):
            with suppress(FileNotFoundError):
                (self.folder / name).unlink()

    def sweep(self) -> None:
        """Remove what was left waiting for more than a day."""
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            if path.stat().st_mtime < system_clock.now() - KEPT_SECONDS:
                path.unlink()
