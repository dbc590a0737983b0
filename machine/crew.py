"""Several processes at work on one list, when it is long enough to be worth it; one process otherwise.

This process is one of them: while the first result is awaited, it does what nobody has begun.
"""

from __future__ import annotations

import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["WORTH_SHARING", "each", "processors"]

Item = TypeVar("Item")
Result = TypeVar("Result")

# Starting a process takes 30 ms, in which one renders sixty pages.
WORTH_SHARING = 400
# Long enough for the pipe not to matter, short enough for all to end together.
_CHUNK = 64
# What each of the others has before it: while this process is at a chunk, they must not wait for it.
_AHEAD = 2

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
    from concurrent.futures import Future, ProcessPoolExecutor

    global _shared
    _shared = (act, items)
    gc.freeze()  # a collection in a child would touch, and so copy, everything that it shares with us
    crew = ProcessPoolExecutor(jobs - 1, mp_context=multiprocessing.get_context("fork"))
    try:
        starts = iter(range(0, len(items), _CHUNK))
        waiting: deque[Future[list[Result]] | list[Result]] = deque()
        while True:
            running = sum(1 for one in waiting if isinstance(one, Future) and not one.done())
            for start in islice(starts, max(0, _AHEAD * (jobs - 1) - running)):
                waiting.append(crew.submit(_chunk, start))
            if not waiting:
                return
            first = waiting[0]
            if isinstance(first, Future) and not first.done():
                ours = next(starts, None)
                if ours is not None:
                    waiting.append(_chunk(ours))
                    continue
            waiting.popleft()
            yield first.result() if isinstance(first, Future) else first
    finally:
        crew.shutdown(cancel_futures=True)
        gc.unfreeze()
        _shared = None


def _chunk(start: int) -> list[Any]:
    assert _shared is not None, "set before the fork"
    act, items = _shared
    return [act(item) for item in items[start : start + _CHUNK]]
