"""`cje issuer pairing`: what a partner's tills are set up with."""

from __future__ import annotations

from pathlib import Path

import click

from catalogue import read_catalogue
from cje import system_clock
from cje.files import Disk, refuse_existing
from cje.locales import text
from issuer.cards import qr as drawing
from issuer.cli.options import CLOCK, CONTENT, FILE, PASSPHRASE, STATE, open_vault, tell
from issuer.keys import passphrase
from issuer.publishing.pairing import pair


@click.command("pairing")
@STATE
@CONTENT
@CLOCK
@PASSPHRASE
@click.option("--out", type=FILE, metavar="FICHIER", help="Le QR code, .svg ou .png, au lieu du texte.")
@click.argument("partner", metavar="PARTENAIRE")
def pairing(
    folder: Path, content: Path, clock: int | None, descriptor: int | None, out: Path | None, partner: str
) -> None:
    """Apparier les caisses d'un partenaire : son nom, et la clé de ses codes à taper."""
    suffix = drawing.format_of(out) if out else ""
    if out:
        refuse_existing(out)
    opened = open_vault(folder)
    now = system_clock.now() if clock is None else clock
    made = pair(opened, read_catalogue(content), partner, passphrase=passphrase.ask(descriptor), now=now)
    opened.close()
    if out:
        Disk().create(out, drawing.draw(made, suffix))
    else:
        click.echo(made)
    tell(text("issuer.done.pairing", "fr"))
