"""`cje reconcile serve`: the operator's page on this machine, until Ctrl-C."""

from __future__ import annotations

import json
from contextlib import closing, suppress
from socket import socket

import click

from cje import system_clock
from reconcile.cli.options import STORE
from reconcile.errors import FileRefused
from reconcile.printing.printing import say
from verifier.till.options import JSON


@click.command()
@STORE
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Le port ; par défaut, un port libre.")
@JSON
def serve(store: str, port: int, as_json: bool) -> None:
    """Ouvrir la page du rapprochement, sur cette machine seulement : importer, voir, prouver, compter."""
    from cje.local_page.login import Door
    from cje.local_page.serving import entrance
    from cje.local_page.serving import serve as answer
    from reconcile.page.actions import COOKIE, Office
    from reconcile.page.routes import application
    from reconcile.rows.store import Store

    opened = Store.open(store)
    with suppress(KeyboardInterrupt), closing(_listen(port)) as listening:
        office = Office(opened, Door(COOKIE, listening.getsockname()[1]), system_clock.now)
        office.begin()
        address = entrance(listening, office.door)
        if as_json:
            click.echo(json.dumps({"address": address}))
        else:
            click.echo(say("fr", "serve.open"), err=True)
            click.echo(address)
            click.echo(say("fr", "serve.stop"), err=True)
        answer(application(office), listening)


def _listen(port: int) -> socket:
    from cje.local_page.serving import listen

    try:
        return listen(port)
    except OSError as fault:
        raise FileRefused("port", port=port, why=fault.strerror) from fault
