"""One till process for the tests that need several, or one that dies: `till_process.py MODE FOLDER …`."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from till_world import NOON, live, make_claims
from typed_scenarios import claims_of, code

from verifier.errors import JournalFull
from verifier.till.till import Till


def contend(folder: str, process: int, vouchers: int) -> None:
    """Accept every voucher twice, each process in its own order; print the greens."""
    with Till.open(folder, lambda: NOON) as till:
        order = [(i * 7 + process * 37) % vouchers + 1 for i in range(vouchers)]
        greens = 0
        for number in order:
            claims = make_claims(number, uses=number % 3 + 1)
            # As many phones and screenshots as processes: some show the same use, some another.
            greens += till.accept(live(claims, NOON, process % 4 + 1)).green
        print(greens)


def type_(folder: str, process: int) -> None:
    """Type the codes of 20 vouchers, each twice, in an order of one's own; print the greens."""
    with Till.open(folder, lambda: NOON) as till:
        order = [(i * 7 + process * 3) % 20 for i in range(40)]
        print(sum(till.accept(code(claims_of(number)), confirmed=True).green for number in order))


def die(folder: str, step: int) -> None:
    """Accept voucher `step` and be killed before SQL statement `step`; print green only when it is green."""
    with Till.open(folder, lambda: NOON) as till:
        text, seen = live(make_claims(step)), 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

        _trace(till.journal.database, count)
        green = till.accept(text).green
        if step == 0:
            os.kill(os.getpid(), signal.SIGKILL)  # durable, and the screen went dark before green
        print("green" if green else "red", seen, flush=True)


def fill(folder: str, size: int) -> None:
    """Accept vouchers until no file may grow beyond `size` bytes, as under a quota; print what was green."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Till.open(folder, lambda: NOON) as till:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        greens = 0
        try:
            for number in range(10_000):
                greens += till.accept(live(make_claims(number))).green
        except JournalFull as fault:
            print(greens, fault.sentence)


def _trace(database: Any, count: Any) -> None:
    """Call `count` before each statement that goes to SQLite or to the server, BEGIN and COMMIT included."""
    if hasattr(database.connection, "set_trace_callback"):
        database.connection.set_trace_callback(count)
        return
    execute = database.connection.execute

    def counted(*arguments: Any) -> Any:
        count()
        return execute(*arguments)

    database.connection.execute = counted


if __name__ == "__main__":
    mode, folder, *numbers = sys.argv[1:]
    {"contend": contend, "type": type_, "die": die, "fill": fill}[mode](folder, *map(int, numbers))
