"""The options that several commands share, and their progress bar."""

from __future__ import annotations

import re
import sys
import time
from types import TracebackType
from typing import Any, Final

import click

from cje.locales import text

STORE: Final = click.option(
    "--store", required=True, metavar="DOSSIER", help="Le dossier du rapprochement, ou une adresse s3://…"
)
STORE_FOR_PROOF: Final = click.option("--store", metavar="DOSSIER", help="Le dossier du rapprochement.")
PLACES: Final = click.argument("places", metavar="FICHIER|DOSSIER|ADRESSE…", nargs=-1, required=True)
CLOCK: Final = click.option(
    "--clock", type=click.IntRange(2**30 + 1, 2**32 - 1), metavar="SECONDES", help="L'heure du rapport."
)


def read_month(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no month."""
    if value is not None and not re.fullmatch("20[0-9]{2}-(0[1-9]|1[0-2])", value):
        raise click.BadParameter(text("reconcile.ask.month", ctx.params.get("lang", "fr")), ctx, option)
    return value


MONTH: Final = read_month
_PATIENCE: Final = 0.5  # seconds before the first look
_EXPECTED: Final = 2.0  # seconds of work in all from which a bar is worth its place


class Progress:
    """A bar that appears once the work is seen to take over two seconds, on a terminal and nowhere else."""

    def __init__(self, label: str, *, quiet: bool = False) -> None:
        self._label, self._began, self._shown = label, time.monotonic(), 0
        self._silent = quiet or not sys.stderr.isatty()
        self._bar: Any = None  # click does not name the type of its bars

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, fault, trace)

    def __call__(self, done: int, total: int) -> None:
        """Take note that `done` of `total` are done."""
        spent = time.monotonic() - self._began
        if self._silent or not done or spent < _PATIENCE:
            return
        if self._bar is None and spent * total / done >= _EXPECTED:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
            self._bar.__enter__()
        if self._bar is not None:
            self._bar.update(done - self._shown)
            self._shown = done
