"""A progress bar for work that lasts, on a terminal and nowhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

import click

PATIENCE = 0.5  # seconds of silence: most checks are over before
EXPECTED = 2.0  # seconds of work in all, from which a bar is worth its place


class Progress:
    """A bar that appears by itself once the work is seen to take more than two seconds.

    Args:
        label: what is being done.
        stream: where to draw; nothing is ever written when it is not a terminal.
        clock: seconds that only grow.
    """

    def __init__(
        self, label: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._label = label
        self._stream = stream if stream is not None else sys.stderr
        self._clock = clock
        self._began = clock()
        self._bar: Any = None  # click does not name the type of its bars
        self._shown = 0

    def __call__(self, done: int, total: int) -> None:
        """Take note that `done` of `total` are done."""
        if self._bar is None:
            if not self._worthwhile(done, total):
                return
            self._bar = click.progressbar(length=total, label=self._label, file=self._stream)
            self._bar.__enter__()
        self._bar.update(done - self._shown)
        self._shown = done
        if done >= total:
            self._bar.__exit__(None, None, None)
            self._bar = None

    def _worthwhile(self, done: int, total: int) -> bool:
        if done >= total or done % 64 or not self._stream.isatty():
            return False
        spent = self._clock() - self._began
        return spent >= PATIENCE and spent * total / done >= EXPECTED
