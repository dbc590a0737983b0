"""Another process that looks at something while this one still starts."""

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
    """Begin now; the function that is returned waits for the answer.

    It gives None where there is no second processor, or when the other process failed: then whoever asks
    looks for themselves. It can be called once.

    Args:
        work: changes nothing. It runs in a fork, so it must need no thread of this process.
        shape: of its answer, which comes back as JSON.
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
