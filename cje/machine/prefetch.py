"""One function that runs in a forked process while this process still imports its modules."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import msgspec

from cje.machine.fork import ChildProcess
from cje.machine.process_pool import count_processors

__all__ = ["start_prefetch"]

Answer = TypeVar("Answer")


def start_prefetch(work: Callable[[], Answer], shape: type[Answer]) -> Callable[[], Answer | None]:
    """Start `work` in a forked process and return a function that waits for its result.

    The returned function can be called once. It returns None when there is no second processor or when the
    process failed; the caller then does the work itself.

    Args:
        work: a function that changes nothing. It must not need a thread of this process.
        shape: the type of its result, which comes back as JSON.
    """
    if count_processors() < 2:
        return lambda: None
    try:
        other = ChildProcess.start(lambda told: told.write(msgspec.json.encode(work())))
    except OSError:
        return lambda: None

    def answer() -> Answer | None:
        with os.fdopen(other.handle, "rb", closefd=False) as file:
            told = file.read()
        other.end()
        try:
            return msgspec.json.decode(told, type=shape)
        except msgspec.MsgspecError:
            return None

    return answer
