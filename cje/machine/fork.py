"""A process of our own beside this one, that tells it something through a pipe and ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["CAN_FORK", "ChildProcess"]

# Elsewhere a fork is not there, or not safe once the system's libraries have started threads.
CAN_FORK = sys.platform == "linux"
_ENDING = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class ChildProcess:
    """A fork at work.

    Attributes:
        process: its number.
        handle: open for reading what it tells; its end is the child's.
    """

    process: int
    handle: int

    @classmethod
    def start(cls, work: Callable[[BinaryIO], object]) -> ChildProcess:
        """Fork one that does `work`, given where to tell of it, and ends without this process's farewells.

        It must need no thread of this process. A fault in it is told by silence.

        Raises:
            OSError: the system allows no more processes or pipes.
        """
        reading, writing = os.pipe()
        # A signal between the fork and the first line of the child would be taken by what this process does.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            process = os.fork()
            if process == 0:
                _be_a_child(work, reading, writing)
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return cls(process, reading)

    def end(self) -> None:
        """Let it end, now, whatever it still had to tell or to do."""
        os.close(self.handle)
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        # Where SIGCHLD is ignored, the system takes the dead away by itself.
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)


def _be_a_child(work: Callable[[BinaryIO], object], reading: int, writing: int) -> None:
    try:
        for number in _ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        os.close(reading)
        with os.fdopen(writing, "wb") as file:
            work(file)
    finally:
        os._exit(0)
