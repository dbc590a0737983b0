"""A progress bar for work that lasts, on a terminal and nowhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, TextIO, TypeVar

import click

Item = TypeVar("Item")

PATIENCE = 0.5  # seconds of silence: most work is over before
EXPECTED = 2.0  # seconds of work in all, from which a bar is worth its place


class Progress:
    """A bar that appears by itself once the work is seen to take more than two seconds.

    Args:
        label: what is being done.
        stream: where to draw, stderr by default; nothing is written when it is not a terminal.
        clock: seconds that only grow.
        quiet: draw nothing.
    """

    def __init__(
        self,
        label: str,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        quiet: bool = False,
    ) -> None:
        self._label = label
        self._stream = stream if stream is not None else sys.stderr
        self._silent = quiet or not self._stream.isatty()
        self._clock = clock
        self._began = clock()
        self._bar: Any = None  # click does not name the type of its bars
        self._shown = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, fault, trace)
            self._bar = None

    def __call__(self, done: int, total: int) -> None:
        """Take note that `done` of `total` are done."""
        if self._silent or not done:
            return
        if self._bar is None:
            if not self._is_worthwhile(done, total):
                return
            self._bar = click.progressbar(length=total, label=self._label, file=self._stream)
            self._bar.__enter__()
        self._bar.update(done - self._shown)
        self._shown = done
        if done >= total:
            self.__exit__(None, None, None)

    def _is_worthwhile(self, done: int, total: int) -> bool:
        spent = self._clock() - self._began
        return done < total and spent >= PATIENCE and spent * total / done >= EXPECTED


def with_progress(
    items: Sequence[Item], label: str, size: Callable[[Item], int] = lambda _: 1
) -> Iterator[Item]:
    """Yield the items, with a bar while they are worked on.

    Args:
        size: how much of the work an item is.
    """
    total, done = sum(map(size, items)), 0
    with Progress(label) as progress:
        for item in items:
            yield item
            done += size(item)
            progress(done, total)
