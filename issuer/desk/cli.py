"""`cje desk`: serve the counsellor's page on this machine, until Ctrl-C."""

from __future__ import annotations

import json
import socket
import time
from contextlib import closing, suppress
from pathlib import Path

import click
import uvicorn

from catalogue import read_catalogue
from issuer import actions, state
from issuer.cli_options import BASE_URL, CONTENT, FILE, JSON, STATE, tell
from issuer.desk.app import application
from issuer.desk.desk import Desk
from issuer.desk.lock import Lock
from issuer.desk.session import Session
from issuer.errors import IssuerError
from issuer.handover.opening import address_of
from issuer.state import State
from locales import text

_LOOPBACK = "127.0.0.1"


@click.command()
@STATE
@CONTENT
@click.option(
    "--out", type=FILE, metavar="DOSSIER", help="Le dossier du site ; sans lui, ce bureau ne publie pas."
)
@BASE_URL
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Le port ; par défaut, un port libre.")
@JSON
def desk(
    folder: Path, content: Path, out: Path | None, base_url: str | None, port: int, as_json: bool
) -> None:
    """La page des conseillers, sur cette machine seulement : inscrire, remettre, prolonger, fermer."""
    stopped = suppress(KeyboardInterrupt)
    with stopped, closing(state.open_state(folder)) as opened, closing(_listen(port)) as listening:
        made = _desk(opened, content, out, base_url, listening.getsockname()[1])
        address = f"http://{_LOOPBACK}:{listening.getsockname()[1]}/enter?token={made.session.token}"
        if as_json:
            click.echo(json.dumps({"address": address}))
        else:
            tell(text("desk.serve.open", "fr"))
            click.echo(address)
            tell(text("desk.serve.stop", "fr"))
        _serve(made, listening)


def _desk(opened: State, content: Path, out: Path | None, base_url: str | None, port: int) -> Desk:
    catalogue = read_catalogue(content)
    url = address_of(catalogue, base_url)
    session = Session(frozenset({f"{_LOOPBACK}:{port}", f"localhost:{port}"}))
    made = Desk(opened, catalogue, session, Lock(opened, time.monotonic), out, url)
    actions.prepare(opened, made.clock())
    made.imports.sweep()
    return made


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_LOOPBACK, port))
        listening.listen()  # whoever reads the address may come before the server does
    except OSError as error:
        listening.close()
        raise IssuerError("port_taken", port=port, reason=error.strerror) from error
    return listening


def _serve(made: Desk, listening: socket.socket) -> None:
    # No access log: addresses hold people's numbers and what was searched for.
    config = uvicorn.Config(
        application(made), log_level="error", access_log=False, server_header=False, proxy_headers=False
    )
    uvicorn.Server(config).run(sockets=[listening])
