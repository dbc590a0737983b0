"""`cje issuer publish | trust`: putting beside the site what the register says. Nothing is granted here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from catalogue import read_catalogue
from cje import system_clock
from cje.locales import text
from issuer.cards.engines import Engine
from issuer.cards.layout import Layout
from issuer.cli.engine_options import ENGINE, LAYOUT, SEND_KEYS
from issuer.cli.options import CLOCK, CONTENT, JSON, OUT, PASSPHRASE, STATE, bar, open_vault
from issuer.keys import passphrase
from issuer.publishing import renewal, upload


@click.command()
@STATE
@CONTENT
@OUT
@CLOCK
@PASSPHRASE
def trust(folder: Path, content: Path, out: Path, clock: int | None, descriptor: int | None) -> None:
    """Signer de nouveau les listes des caisses : offres, clés et révocations du moment."""
    now = system_clock.now() if clock is None else clock
    opened = open_vault(folder)
    catalogue = read_catalogue(content)
    lists = renewal.renew_lists(opened, catalogue, out=out, passphrase=passphrase.ask(descriptor), now=now)
    opened.close()
    click.echo(text("issuer.done.lists", "fr", count=len(lists)))


@click.command()
@STATE
@CONTENT
@OUT
@LAYOUT
@click.option("--to", metavar="URL", help="Envoyer ensuite ici : s3://seau/site, gs://…, ou un dossier.")
@ENGINE
@SEND_KEYS
@CLOCK
@PASSPHRASE
@JSON
def publish(
    folder: Path,
    content: Path,
    out: Path,
    arranged: Layout | None,
    to: str | None,
    engine: Engine,
    clock: int | None,
    descriptor: int | None,
    as_json: bool,
) -> None:
    """Publier de nouveau toutes les cartes et les listes, sans rien accorder de plus."""
    now = system_clock.now() if clock is None else clock
    opened = open_vault(folder)
    catalogue = read_catalogue(content)
    if to is not None:
        upload.check(to)
    count = renewal.publish(
        opened,
        catalogue,
        out=out,
        passphrase=passphrase.ask(descriptor),
        now=now,
        progress=bar("cards"),
        engine=engine,
        arranged=arranged,
    )
    opened.close()
    sent = None if to is None else upload.send(out, to, opened.folder, bar("files"))
    _tell(count, sent, as_json)


def _tell(cards: int, sent: upload.Sent | None, as_json: bool) -> None:
    if as_json:
        fields = {} if sent is None else {"sent": sent.sent, "same": sent.same, "removed": sent.removed}
        click.echo(json.dumps({"cards": cards, **fields}))
        return
    click.echo(text("issuer.done.cards", "fr", count=cards))
    if sent is not None:
        click.echo(text("issuer.done.sent", "fr", sent=sent.sent, same=sent.same, removed=sent.removed))


COMMANDS: Final[tuple[click.Command, ...]] = (trust, publish)
