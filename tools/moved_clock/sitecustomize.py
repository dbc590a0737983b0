"""A sleep that works under libfaketime; Python imports this file at its start from a folder of PYTHONPATH.

CPython sleeps with `clock_nanosleep` until a moment of the monotonic clock. libfaketime 0.9.10 answers that
with EINVAL when it is told to leave the monotonic clock alone; and when it moves that clock too, waits for a
lock never end, as it does not know `sem_clockwait`.
"""

import select
import time


def _sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = _sleep
