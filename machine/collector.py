"""Python's collector of garbage, out of the way of work that leaves none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused"]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Modules and values hold no cycle: looking for some, again and again, took a fifth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if gc.get_freeze_count() == 0:
                # Everything goes to the oldest generation unvisited; enabling alone would visit it all.
                gc.freeze()
                gc.unfreeze()
            gc.enable()
