"""Where a till's folder is when nobody says: `CJE_TILL`, else the platform's place for data."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def default_folder(environment: dict[str, str], platform: str = sys.platform) -> Path:
    """Return the folder of this machine's till."""
    chosen = environment.get("CJE_TILL")
    if chosen:
        return Path(chosen)
    home = Path.home()
    match platform:
        case "win32":
            base = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
        case "darwin":
            base = home / "Library" / "Application Support"
        case _:
            base = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "cje-caisse"


def folder_of(chosen: Path | None) -> Path:
    """Return the folder that an option names, else the default."""
    return chosen if chosen is not None else default_folder(dict(os.environ))
