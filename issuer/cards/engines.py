"""Where shards of work run: here, in processes of this machine, or on a Dask cluster. The result is the same.

A shard is a pure function of what it is given, and may be done twice: a worker that dies changes nothing.
Forked processes inherit what the work holds, so that keys are never sent anywhere; what goes to a cluster
(`issuer.cards.cluster`) must be picklable, and a secret refuses to be (`issuer.keys.leaving`).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol, TypeVar

from issuer.errors import IssuerError

Shard = TypeVar("Shard")
Result = TypeVar("Result")
MAX_LOSSES: Final = 3  # a shard that kills every worker is a fault, not an accident
_AHEAD: Final = 2  # shards given out for each worker: it never waits, and little is in memory
_PARENT_DEATH_SIGNAL: Final = 1  # prctl(2), PR_SET_PDEATHSIG


class Engine(Protocol):
    """Does work on each shard; results come in the order of shards."""

    @property
    def elsewhere(self) -> bool:
        """Whether work may run on other machines: it is sent there, and inherits nothing."""
        ...

    @property
    def keys_may_leave(self) -> bool:
        """Whether the operator lets keys travel with it."""
        ...

    def run(self, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """Yield the result of each shard.

        Raises:
            IssuerError: workers were lost again and again.
        """
        ...


class Here:
    """One shard after another in this process."""

    elsewhere = False
    keys_may_leave = False

    def run(self, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """See `Engine`."""
        yield from map(work, shards)


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of this machine; `count` of them.

    Attributes:
        fresh: begin them anew and send the work, for what starts threads (the typesetter). Otherwise they are
            forked, and inherit the work: it may hold keys, which are never sent.
    """

    count: int
    fresh: bool = False
    elsewhere: ClassVar[bool] = False
    keys_may_leave: ClassVar[bool] = False

    def run(self, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """See `Engine`."""
        source, window, losses = iter(shards), deque[_Given](), 0
        pool = self._pool(work)
        try:
            while True:
                try:
                    _fill(pool, source, window, self.count * _AHEAD)
                    if not window:
                        return
                    result: Result = window[0].future.result()
                except BrokenProcessPool:
                    losses += 1
                    if losses > MAX_LOSSES:
                        raise IssuerError("workers_lost", count=losses) from None
                    pool.shutdown(wait=True, cancel_futures=True)
                    pool = self._pool(work)
                    _give_again(pool, window)
                else:
                    window.popleft()
                    yield result
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _pool(self, work: Callable[[Any], Any]) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn" if self.fresh else "fork")
        return ProcessPoolExecutor(self.count, context, initializer=_enter, initargs=(work,))


@dataclass(slots=True)
class _Given:
    """A shard that was given out."""

    shard: Any
    future: Future[Any]


_work: Callable[[Any], Any] | None = None


def _enter(work: Callable[[Any], Any]) -> None:
    """Begin a worker: it ends with the process that started it, and leaves Ctrl-C to it."""
    global _work
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _do(shard: Any) -> Any:
    assert _work is not None
    return _work(shard)


def _fill(pool: ProcessPoolExecutor, source: Iterator[Any], window: deque[_Given], size: int) -> None:
    while len(window) < size:
        for shard in source:
            window.append(_Given(shard, pool.submit(_do, shard)))
            break
        else:
            return


def _give_again(pool: ProcessPoolExecutor, window: deque[_Given]) -> None:
    """Give out again what was not done when a worker died."""
    for given in window:
        if not given.future.done() or given.future.cancelled() or given.future.exception():
            given.future = pool.submit(_do, given.shard)
