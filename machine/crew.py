"""Several processes at work on one list, when it is long enough to be worth it; one process otherwise.

This process is one of them: it takes from the list's end what nobody has begun.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

__all__ = ["WORTH_SHARING", "each", "processors"]

Item = TypeVar("Item")
Result = TypeVar("Result")

# Starting a process takes 30 ms, in which one renders sixty pages.
WORTH_SHARING = 400
# Long enough for the pipe not to matter, short enough for all to end together.
_CHUNK = 128

_shared: tuple[Callable[[Any], Any], Sequence[Any]] | None = None


def processors() -> int:
    """How many processes can run at once here; 1 where they cannot be forked safely."""
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


def each(act: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result]:
    """`act` on each item, results in the items' order; what a killed process left undone is done here.

    Args:
        jobs: processes at work, at most, this one included. The others are forked, so that `act` and the
            items need not be copied; what `act` changes in them is lost, only its results come back.
    """
    if jobs < 2 or len(items) < WORTH_SHARING:
        yield from map(act, items)
        return
    from concurrent.futures.process import BrokenProcessPool  # 30 ms, for long lists only

    done = 0
    try:
        for results in _by_crew(act, items, jobs):
            yield from results
            done += len(results)
    except BrokenProcessPool:
        yield from map(act, items[done:])


def _by_crew(act: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[list[Result]]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    global _shared
    _shared = (act, items)
    gc.freeze()  # a collection in a child would touch, and so copy, everything that it shares with us
    crew = ProcessPoolExecutor(jobs - 1, mp_context=multiprocessing.get_context("fork"))
    try:
        theirs = [crew.submit(_chunk, start) for start in range(0, len(items), _CHUNK)]
        ours: dict[int, list[Result]] = {}
        last = len(theirs)
        for turn, future in enumerate(theirs):
            while turn not in ours and not future.done() and last > turn + 1:
                last -= 1
                if theirs[last].cancel():
                    ours[last] = _chunk(last * _CHUNK)
            yield ours.pop(turn) if turn in ours else future.result()
    finally:
        crew.shutdown(cancel_futures=True)
        gc.unfreeze()
        _shared = None


def _chunk(start: int) -> list[Any]:
    assert _shared is not None, "set before the fork"
    act, items = _shared
    return [act(item) for item in items[start : start + _CHUNK]]
