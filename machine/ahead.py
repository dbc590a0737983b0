"""Another process that looks at something while this one still starts."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import TypeVar

import msgspec

from machine.crew import processors

__all__ = ["ahead"]

Answer = TypeVar("Answer")


def ahead(work: Callable[[], Answer], shape: type[Answer]) -> Callable[[], Answer | None]:
    """Begin now; the function that is returned waits for the answer.

    It gives None where there is no second processor, or when the other process failed: then whoever asks
    looks for themselves. It can be called once.

    Args:
        work: changes nothing. It runs in a fork, so it must need no thread of this process.
        shape: of its answer, which comes back as JSON.
    """
    if processors() < 2:
        return lambda: None
    reading, writing = os.pipe()
    other = os.fork()
    if other == 0:
        _answer(work, reading, writing)
    os.close(writing)

    def answer() -> Answer | None:
        with os.fdopen(reading, "rb") as file:
            told = file.read()
        os.waitpid(other, 0)
        try:
            return msgspec.json.decode(told, type=shape)
        except msgspec.MsgspecError:
            return None

    return answer


def _answer(work: Callable[[], object], reading: int, writing: int) -> None:
    """In the other process: say it and end, without what this one would do at its end."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(reading)
        with os.fdopen(writing, "wb") as file:
            file.write(msgspec.json.encode(work()))
    finally:
        os._exit(0)
