"""A pause of Python's garbage collector for work that leaves no garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused"]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Disable the garbage collector inside a `with` block, and restore it afterwards.

    It is meant for work whose modules and values all stay alive. There, the collector took a fifth of the
    time and found nothing.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if gc.get_freeze_count() == 0:
                # Freeze and unfreeze move all objects to the oldest generation without a visit. After
                # `enable` alone, the next collection would visit them all.
                gc.freeze()
                gc.unfreeze()
            gc.enable()
