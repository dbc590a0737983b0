"""`cje reconcile serve`: the operator's page on this machine, until Ctrl-C."""

from __future__ import annotations

import json
import socket
import time
from contextlib import closing, suppress

import click

from verifier.options import JSON
from verifier.reconcile.cli_options import STORE
from verifier.reconcile.errors import FileRefused
from verifier.reconcile.printing import say

_LOOPBACK = "127.0.0.1"


@click.command()
@STORE
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Le port ; par défaut, un port libre.")
@JSON
def serve(store: str, port: int, as_json: bool) -> None:
    """Ouvrir la page du rapprochement, sur cette machine seulement : importer, voir, prouver, compter."""
    import uvicorn

    from verifier.reconcile.office.app import application
    from verifier.reconcile.office.door import Door
    from verifier.reconcile.office.office import Office
    from verifier.reconcile.store import Store

    opened = Store.open(store)
    with suppress(KeyboardInterrupt), closing(_listen(port)) as listening:
        bound = listening.getsockname()[1]
        office = Office(opened, Door(bound), lambda: int(time.time()))
        office.begin()
        address = f"http://{_LOOPBACK}:{bound}/enter?token={office.door.token}"
        if as_json:
            click.echo(json.dumps({"address": address}))
        else:
            click.echo(say("fr", "serve.open"), err=True)
            click.echo(address)
            click.echo(say("fr", "serve.stop"), err=True)
        # No access log: addresses hold the token.
        config = uvicorn.Config(
            application(office), log_level="error", access_log=False, server_header=False, proxy_headers=False
        )
        uvicorn.Server(config).run(sockets=[listening])


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_LOOPBACK, port))
        listening.listen()  # whoever reads the address may come before the server does
    except OSError as fault:
        listening.close()
        raise FileRefused("port", port=port, why=fault.strerror) from fault
    return listening
