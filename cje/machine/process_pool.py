"""Map a function over a list in forked workers; short lists run in this process.

This process works too. `concurrent.futures` took a tenth of a build: its threads compete with this
process's own work, its workers wait for these threads, and its import takes as long as rendering 200 pages.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, Generic, TypeVar

from cje.machine.fork import CAN_FORK, ChildProcess

if CAN_FORK:
    import fcntl

__all__ = ["WORTH_SHARING", "count_processors", "map_in_workers"]

Item = TypeVar("Item")
Result = TypeVar("Result")

# To start a worker takes 10 ms, in which this process renders 60 pages. Reading its results takes time too.
WORTH_SHARING = 400
# Items: enough to make the pipe's cost small, and few enough for all workers to finish together.
_CHUNK = 64
# All chunk numbers are written to one pipe at the start: they must fit the smallest pipe of Linux, 4 KiB.
_MOST_CHUNKS = 1_000
_NUMBER = 4  # bytes of one number
# Bytes: a worker goes on while this process is busy, and the pipe must hold its results until then.
_PIPE = 1 << 20


def count_processors() -> int:
    """Return how many processes can run at once; 1 on systems where a fork is not safe."""
    return len(os.sched_getaffinity(0)) if CAN_FORK else 1


def map_in_workers(act: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result]:
    """Yield `act(item)` for each item, in the order of the items.

    This process repeats every chunk that a worker did not finish or in which `act` raised.

    Args:
        act: the function. Workers are forks, so neither it nor the items are copied. Only its results come
            back: whatever it changes in a worker is lost.
        items: the list. Below `WORTH_SHARING` items, no worker is started.
        jobs: the greatest number of processes, this one included.

    Raises:
        Exception: any exception that `act` raises in this process.
    """
    if jobs < 2 or len(items) < WORTH_SHARING or not CAN_FORK:
        return map(act, items)
    return _WorkerPool(act, items).results(jobs - 1)


class _WorkerPool(Generic[Item, Result]):
    """Workers on one list. Each takes the number of the next free chunk from a shared pipe."""

    def __init__(self, act: Callable[[Item], Result], items: Sequence[Item]) -> None:
        self._act, self._items = act, items
        self._size = max(_CHUNK, -(-len(items) // _MOST_CHUNKS))
        self._count = -(-len(items) // self._size)
        self._done: dict[int, list[Result]] = {}
        self._failed: list[int] = []
        self._buffers: dict[ChildProcess, bytearray] = {}
        self._poll = select.poll()

    def results(self, children: int) -> Iterator[Result]:
        self._numbers, writing = os.pipe()
        with os.fdopen(writing, "wb") as file:
            file.write(b"".join(map(_as_bytes, range(self._count))))
        gc.freeze()  # a collection in a worker would write to, and so copy, all shared pages of memory
        try:
            with suppress(OSError):  # no more processes are allowed: the existing ones do the work
                for _ in range(children):
                    self._start_worker()
            for number in range(self._count):
                while number not in self._done:
                    self._do_chunk(number)
                yield from self._done.pop(number)
        finally:
            gc.unfreeze()
            os.close(self._numbers)
            for child in self._buffers:
                child.end()

    def _start_worker(self) -> None:
        child = ChildProcess.start(self._work)
        self._buffers[child] = bytearray()
        self._poll.register(child.handle, select.POLLIN)
        with suppress(OSError):  # the user's quota of pipe memory is used up
            fcntl.fcntl(child.handle, fcntl.F_SETPIPE_SZ, _PIPE)

    def _do_chunk(self, wanted: int) -> None:
        """Do a chunk in which a worker failed, else the next free chunk; without either, wait for workers."""
        if self._failed:
            number: int | None = self._failed.pop()
        else:
            number = self._next_number() if self._buffers else wanted
        if number is None:
            self._receive(None)
            return
        self._done[number] = self._run_chunk(number)
        self._receive(0)

    def _next_number(self) -> int | None:
        number = os.read(self._numbers, _NUMBER)
        return int.from_bytes(number, "big") if number else None

    def _run_chunk(self, number: int) -> list[Result]:
        return [self._act(item) for item in self._items[number * self._size : (number + 1) * self._size]]

    def _work(self, told: BinaryIO) -> None:
        """Work in a forked worker. If `act` raises, the parent repeats the chunk and raises the exception."""
        while (number := self._next_number()) is not None:
            try:
                packed = pickle.dumps((number, self._run_chunk(number)), pickle.HIGHEST_PROTOCOL)
            except Exception:
                packed = pickle.dumps((number, None))
            told.write(_as_bytes(len(packed)) + packed)
            told.flush()

    def _receive(self, patience: int | None) -> None:
        """Take results from the workers.

        Args:
            patience: how long to wait for the first one, in milliseconds; None waits without limit.
        """
        children = {child.handle: child for child in self._buffers}
        for handle, _ in self._poll.poll(patience) if children else ():
            child = children[handle]
            heard, told = os.read(handle, _PIPE), self._buffers[child]
            told += heard
            while len(told) >= _NUMBER and len(told) >= (
                end := _NUMBER + int.from_bytes(told[:_NUMBER], "big")
            ):
                number, results = pickle.loads(told[_NUMBER:end])  # noqa: S301 - written by a fork of this process
                del told[:end]
                if results is None:
                    self._failed.append(number)
                else:
                    self._done[number] = results
            if not heard:
                self._poll.unregister(handle)
                del self._buffers[child]
                child.end()


def _as_bytes(number: int) -> bytes:
    return number.to_bytes(_NUMBER, "big")
