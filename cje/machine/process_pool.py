"""Several processes at work on one list, when it is long enough to be worth it; one process otherwise.

This process is one of them. Not `concurrent.futures`: its threads take turns with this process's own work,
its children wait for them, and its imports take as long as two hundred pages; a tenth of a build went there.
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

# Starting a process takes 10 ms, in which one renders sixty pages; what it tells has to be read, too.
WORTH_SHARING = 400
# Long enough for the pipe not to matter, short enough for all to end together.
_CHUNK = 64
# Their numbers must fit into the least pipe that Linux gives, 4 KiB.
_MOST_CHUNKS = 1_000
_NUMBER = 4  # bytes of one number
# A child goes on while this process is at a chunk: what it tells meanwhile has to fit.
_PIPE = 1 << 20


def count_processors() -> int:
    """How many processes can run at once here; 1 where they cannot be forked safely."""
    return len(os.sched_getaffinity(0)) if CAN_FORK else 1


def map_in_workers(act: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result]:
    """`act` on each item, results in the items' order; what a child left undone is done here.

    Args:
        jobs: processes at work, at most, this one included. The others are forked, so that `act` and the
            items need not be copied; what `act` changes in them is lost, only its results come back.
    """
    if jobs < 2 or len(items) < WORTH_SHARING or not CAN_FORK:
        return map(act, items)
    return _WorkerPool(act, items).results(jobs - 1)


class _WorkerPool(Generic[Item, Result]):
    """Processes that take chunks of one list from a pipe, whoever is free the next one."""

    def __init__(self, act: Callable[[Item], Result], items: Sequence[Item]) -> None:
        self._act, self._items = act, items
        self._size = max(_CHUNK, -(-len(items) // _MOST_CHUNKS))
        self._count = -(-len(items) // self._size)
        self._done: dict[int, list[Result]] = {}
        self._failed: list[int] = []
        self._told: dict[ChildProcess, bytearray] = {}
        self._poll = select.poll()

    def results(self, children: int) -> Iterator[Result]:
        self._numbers, writing = os.pipe()
        with os.fdopen(writing, "wb") as file:
            file.write(b"".join(map(_as_bytes, range(self._count))))
        gc.freeze()  # a collection in a child would touch, and so copy, everything that it shares with us
        try:
            with suppress(OSError):  # no more processes are allowed: those that are there do it all
                for _ in range(children):
                    self._begin()
            for number in range(self._count):
                while number not in self._done:
                    self._go_on(number)
                yield from self._done.pop(number)
        finally:
            gc.unfreeze()
            os.close(self._numbers)
            for child in self._told:
                child.end()

    def _begin(self) -> None:
        child = ChildProcess.start(self._help)
        self._told[child] = bytearray()
        self._poll.register(child.handle, select.POLLIN)
        with suppress(OSError):  # an account's share of the system's pipes is used up
            fcntl.fcntl(child.handle, fcntl.F_SETPIPE_SZ, _PIPE)

    def _go_on(self, wanted: int) -> None:
        """Do the next chunk that nobody has begun, one at which a child failed first; or else wait."""
        if self._failed:
            number: int | None = self._failed.pop()
        else:
            number = self._next() if self._told else wanted
        if number is None:
            self._listen(None)
            return
        self._done[number] = self._chunk(number)
        self._listen(0)

    def _next(self) -> int | None:
        number = os.read(self._numbers, _NUMBER)
        return int.from_bytes(number, "big") if number else None

    def _chunk(self, number: int) -> list[Result]:
        return [self._act(item) for item in self._items[number * self._size : (number + 1) * self._size]]

    def _help(self, told: BinaryIO) -> None:
        """In a child. Where `act` fails, this process comes to the same item, and tells of it."""
        while (number := self._next()) is not None:
            try:
                packed = pickle.dumps((number, self._chunk(number)), pickle.HIGHEST_PROTOCOL)
            except Exception:
                packed = pickle.dumps((number, None))
            told.write(_as_bytes(len(packed)) + packed)
            told.flush()

    def _listen(self, patience: int | None) -> None:
        """Take what the children have told; wait this many ms for it, or until there is something."""
        children = {child.handle: child for child in self._told}
        for handle, _ in self._poll.poll(patience) if children else ():
            child = children[handle]
            heard, told = os.read(handle, _PIPE), self._told[child]
            told += heard
            while len(told) >= _NUMBER and len(told) >= (
                end := _NUMBER + int.from_bytes(told[:_NUMBER], "big")
            ):
                number, results = pickle.loads(told[_NUMBER:end])  # noqa: S301 - our own child's
                del told[:end]
                if results is None:
                    self._failed.append(number)
                else:
                    self._done[number] = results
            if not heard:
                self._poll.unregister(handle)
                del self._told[child]
                child.end()


def _as_bytes(number: int) -> bytes:
    return number.to_bytes(_NUMBER, "big")
