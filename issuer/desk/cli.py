"""`cje desk`: serve the counsellor's page on this machine, until Ctrl-C."""

from __future__ import annotations

import json
import time
from contextlib import closing, suppress
from pathlib import Path
from socket import socket

import click

from catalogue import read_catalogue
from cje.local_page.login import Door
from cje.local_page.serving import entrance, listen, serve
from cje.locales import text
from issuer.cli.options import BASE_URL, CONTENT, FILE, JSON, STATE, tell
from issuer.decisions import undoable
from issuer.desk.app import application
from issuer.desk.desk import COOKIE, Desk
from issuer.desk.lock import Lock
from issuer.errors import IssuerError
from issuer.handover.opening import address_of
from issuer.register import vault
from issuer.register.vault import State


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
    with stopped, closing(vault.open_state(folder)) as opened, closing(_listen(port)) as listening:
        made = _desk(opened, content, out, base_url, listening.getsockname()[1])
        address = entrance(listening, made.door)
        if as_json:
            click.echo(json.dumps({"address": address}))
        else:
            tell(text("desk.serve.open", "fr"))
            click.echo(address)
            tell(text("desk.serve.stop", "fr"))
        serve(application(made), listening)


def _desk(opened: State, content: Path, out: Path | None, base_url: str | None, port: int) -> Desk:
    catalogue = read_catalogue(content)
    url = address_of(catalogue, base_url)
    made = Desk(opened, catalogue, Door(COOKIE, port), Lock(opened, time.monotonic), out, url)
    undoable.prepare(opened, made.clock())
    made.imports.sweep()
    return made


def _listen(port: int) -> socket:
    try:
        return listen(port)
    except OSError as error:
        raise IssuerError("port_taken", port=port, reason=error.strerror) from error
