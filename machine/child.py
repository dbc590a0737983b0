"""A process of our own beside this one, that tells it something through a pipe and ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["CAN_FORK", "Child"]

# Elsewhere a fork is not there, or not safe once the system's libraries have started threads.
CAN_FORK = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Child:
    """A fork at work.

    Attributes:
        process: its number.
        handle: open for reading what it tells; its end is the child's.
    """

    process: int
    handle: int

    @classmethod
    def start(cls, work: Callable[[BinaryIO], object]) -> Child:
        """Fork one that does `work`, given where to tell of it, and ends without this process's farewells.

        It must need no thread of this process. A fault in it is told by silence.
        """
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            try:
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                os.close(reading)
                with os.fdopen(writing, "wb") as file:
                    work(file)
            finally:
                os._exit(0)
        os.close(writing)
        return cls(process, reading)

    def end(self) -> None:
        """Let it end, now, whatever it still had to tell."""
        os.close(self.handle)
        try:
            os.kill(self.process, signal.SIGTERM)
        finally:
            os.waitpid(self.process, 0)
