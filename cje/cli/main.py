"""The front door: the ``cje`` command, from its first moment to its exit code.

Nothing of ours is imported before Ctrl-C is taken care of: the first imports are what one interrupts.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys

TYPE_CHECKING = False  # `typing` takes longer than all else here
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType, TracebackType
    from typing import Any

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every foreseen error is one sentence on stderr, and an exit code.

    Exit codes: 0 done or accepted, 1 refused or invalid, 2 usage, 3 could not decide, 130 interrupted, 141
    when nobody reads on.

    Args:
        arguments: the words behind `cje`; without them those of this process, which ends here.
    """
    words = sys.argv[1:] if arguments is None else arguments
    # Other packages may offer pydantic code of theirs: to look for some takes a fifth of its import.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    with _Interruption() as interruption:
        try:
            from cje.cli.commands import run

            code = run(words, lambda: interruption.came)
        except BaseException:
            if not interruption.came:
                raise
            interruption.ignore()
            code = _told(words)
        if arguments is None:
            interruption.end_with(code)
    sys.exit(code)


def _told(words: Sequence[str]) -> int:
    """Say that the command was interrupted, however little of it is there yet; return the exit code."""
    from cje.cli.commands import interrupted

    return interrupted(words)


class _Interruption:
    """Ctrl-C, and SIGTERM taken for it: a server leaves no folder behind, a command nothing half done.

    Only of the process that was asked: a worker that it forked ends as other programs do, without a word.

    Attributes:
        came: whether somebody has asked for the end.
    """

    def __init__(self) -> None:
        self.came = False
        self._process = os.getpid()
        self._before: dict[signal.Signals, Any] = {}
        self._hook = sys.unraisablehook

    def __enter__(self) -> _Interruption:
        try:
            for number in (signal.SIGINT, signal.SIGTERM):
                before = signal.getsignal(number)
                if before in (signal.default_int_handler, signal.SIG_DFL):  # else a shell's `&` ignores it
                    self._before[number] = before
                    signal.signal(number, self._end)
        except ValueError:  # called from another thread than the first, whose matter signals are
            return self
        sys.unraisablehook = self._ignored
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.unraisablehook = self._hook
        for number, before in self._before.items():
            signal.signal(number, before)

    def ignore(self) -> None:
        """Hear no more of it: the command is ending already."""
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)

    def end_with(self, code: int) -> None:
        """Let the process end with this code, whatever is asked of it from here."""
        try:
            sys.stdout.flush()
        except OSError:  # nobody reads on: the interpreter would try once more, and complain
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        for number in self._before:
            signal.signal(number, lambda *_: os._exit(code))
            # Once no thread is left to wait for; the interpreter itself would let the signal kill.
            atexit.register(signal.signal, number, signal.SIG_IGN)
        self._before = {}
        # A class being built runs code from text. When that was interrupted the interpreter takes it for the
        # program, and would end by the signal instead of the exit code, until other such code has run.
        exec("")  # noqa: S102

    def _end(self, number: int, _: FrameType | None) -> None:
        if os.getpid() != self._process:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.came = True
        raise KeyboardInterrupt

    def _ignored(self, ignored: Any) -> None:
        """Ask again when the interruption met what nothing leaves: a lock of an import, a `__del__`."""
        if self.came and issubclass(ignored.exc_type, KeyboardInterrupt) and hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self._end)
            signal.setitimer(signal.ITIMER_REAL, 0.01)
        else:
            self._hook(ignored)


if __name__ == "__main__":
    main()
