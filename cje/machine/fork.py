"""One forked process that writes to its parent through a pipe and exits."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["CAN_FORK", "ChildProcess"]

# Windows has no fork. On macOS it is not safe once system libraries have started threads.
CAN_FORK = sys.platform == "linux"
_ENDING = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class ChildProcess:
    """A forked process that runs.

    Attributes:
        process: the process id.
        handle: the descriptor of the pipe's reading end. It reaches its end when the child exits.
    """

    process: int
    handle: int

    @classmethod
    def start(cls, work: Callable[[BinaryIO], object]) -> ChildProcess:
        """Fork a process that runs `work` and exits without this process's exit handlers.

        If `work` raises, the pipe closes and the exception is lost.

        Args:
            work: called with the pipe's writing end. It must not need a thread of this process: a fork
                copies only the thread that called it.

        Raises:
            OSError: the system allows no more processes or pipes.
        """
        reading, writing = os.pipe()
        # A signal that comes before the child resets its handlers would run the handlers of this process.
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
        """Kill the process, close the pipe and remove the zombie."""
        os.close(self.handle)
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        # When SIGCHLD is ignored, the system removes zombies itself and waitpid fails.
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
