"""Options that say where work runs: this process, processes of this machine, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from issuer.cards.cluster import Cluster
from issuer.cards.engines import Engine, Here, Processes
from issuer.cards.layout import LAYOUTS
from issuer.cli.options import FILE

Command = TypeVar("Command", bound=Callable[..., Any])


def ENGINE(command: Command) -> Command:  # noqa: N802
    """Where shards run; the command gets one argument, `engine`."""

    @wraps(command)
    def chosen(
        *arguments: Any,
        engine: str,
        workers: int,
        scheduler: str | None,
        tls: Path | None,
        send_keys: bool = False,
        **others: Any,
    ) -> Any:
        found = _engine(engine, workers, scheduler, tls, send_keys)
        return command(*arguments, engine=found, **others)

    for option in reversed(_OPTIONS):
        option(chosen)
    return chosen  # type: ignore[return-value]


LAYOUT = click.option(
    "--layout",
    "arranged",
    type=click.Choice(LAYOUTS),
    help="Un fichier par carte, ou des paquets pour les grands nombres. « publish » garde ce qui est là.",
)
SEND_KEYS = click.option(
    "--send-keys",
    is_flag=True,
    help="Avec dask : les clés d'émission et le secret des codes vont aux autres machines.",
)

_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(["processes", "dask"]),
        default="processes",
        show_default=True,
        help="Les processus de cette machine, ou une grappe Dask.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        metavar="N",
        help="Le nombre de processus de cette machine ; le résultat est le même.",
    ),
    click.option("--scheduler", metavar="ADRESSE", help="De la grappe Dask : tls://machine:8786."),
    click.option(
        "--tls", type=FILE, metavar="DOSSIER", help="ca.pem, cert.pem et key.pem pour entrer dans la grappe."
    ),
)


def _engine(engine: str, workers: int, scheduler: str | None, tls: Path | None, send_keys: bool) -> Engine:
    if engine == "dask":
        if scheduler is None:
            raise click.UsageError("--engine dask demande --scheduler.")
        return Cluster(scheduler, tls, send_keys)
    if scheduler is not None or tls is not None or send_keys:
        raise click.UsageError("--scheduler, --tls et --send-keys vont avec --engine dask.")
    return Here() if workers == 1 else Processes(workers)
