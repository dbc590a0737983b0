"""This machine's clock: commands and pages read the time here only, and tests replace `source`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

source: Callable[[], float] = time.time


def now() -> int:
    """Return the time in whole seconds since 1970 (UTC)."""
    return int(source())


def today() -> date:
    """Return today's date in France, where offers begin and end at midnight, whatever the machine's zone."""
    return datetime.fromtimestamp(now(), ZoneInfo("Europe/Paris")).date()
