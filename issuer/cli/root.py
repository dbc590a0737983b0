"""`cje issuer root`: the ceremony, and the paper copy of each root key."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cje import system_clock
from cje.files import Disk, refuse_existing
from cje.locales import LANGUAGES, text
from issuer.cli.options import FILE, PASSPHRASE, STATE, TOKEN, Command, open_vault, tell, token_of
from issuer.decisions.root_rotation import rotate_trust
from issuer.keys import passphrase, root_sheet
from issuer.keys.keyfile import MODERATE, NOMINAL
from issuer.keys.root_media import RootMedium
from issuer.register import vault


def MEDIA(command: Command) -> Command:  # noqa: N802
    """The media of the root keys, and their passphrases."""
    folders = click.option(
        "--root-dir",
        "folders",
        type=FILE,
        multiple=True,
        metavar="DOSSIER",
        help="Le support d'une clé racine (une clé USB) ; à répéter.",
    )
    descriptors = click.option(
        "--root-passphrase-fd",
        "descriptors",
        type=click.IntRange(0, 1023),
        multiple=True,
        metavar="N",
        help="Lire sur ce descripteur la phrase du support de même rang.",
    )
    return folders(descriptors(command))


def media_of(
    folders: tuple[Path, ...], descriptors: tuple[int, ...], *, new: bool = False, demo: bool = False
) -> tuple[RootMedium, ...]:
    """Ask each medium's keeper for their passphrase, one after another."""
    if descriptors and len(descriptors) != len(folders):
        raise click.UsageError("Donnez un --root-passphrase-fd pour chaque --root-dir, dans le même ordre.")
    found = []
    for rank, folder in enumerate(folders):
        descriptor = descriptors[rank] if descriptors else None
        if descriptor is None:
            tell(text("issuer.root.keeper", "fr", path=folder))
        phrase = passphrase.ask_new(descriptor, demo) if new else passphrase.ask(descriptor)
        found.append(RootMedium(folder, phrase))
    return tuple(found)


@click.group("root")
def root_group() -> None:
    """La racine : faire la suivante, imprimer ou rétablir une clé racine."""


@root_group.command("rotate")
@STATE
@MEDIA
@TOKEN
@PASSPHRASE
def root_rotate(
    folder: Path,
    folders: tuple[Path, ...],
    descriptors: tuple[int, ...],
    module: str | None,
    token: str | None,
    descriptor: int | None,
) -> None:
    """Faire la racine suivante : nouvelle clé de confiance, signée par deux clés racine présentes."""
    inside = token_of(module, token)
    opened = open_vault(folder)
    cost = NOMINAL if opened.root.demo else MODERATE
    phrase = passphrase.ask(descriptor)
    media = media_of(folders, descriptors)
    rotated = rotate_trust(
        opened, passphrase=phrase, now=system_clock.now(), cost=cost, media=media, token=inside
    )
    rotated.close()
    click.echo(text("issuer.done.root", "fr", version=rotated.root.version))


@root_group.command("sheet")
@STATE
@click.option("--key", "path", type=FILE, required=True, metavar="CLÉ", help="Le fichier d'une clé racine.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="fr", show_default=True, help="La langue.")
@click.option("--out", type=FILE, required=True, metavar="HTML", help="La page à imprimer.")
def root_sheet_command(folder: Path, path: Path, lang: str, out: Path) -> None:
    """Faire la page à imprimer d'une clé racine : chiffrée, en QR code et en texte."""
    refuse_existing(out)
    opened = vault.open_state(folder)
    drawn = root_sheet.draw_sheet(path, opened.root.operator, lang)
    opened.close()
    Disk().create(out, drawn)
    click.echo(text("issuer.done.sheet", "fr", path=out))


@root_group.command("restore")
@click.option("--out", type=FILE, required=True, metavar="CLÉ", help="Où remettre le fichier de la clé.")
def root_restore(out: Path) -> None:
    """Remettre une clé racine depuis le texte de sa page, lu sur l'entrée."""
    refuse_existing(out)
    Disk().create(out, root_sheet.read_sheet(sys.stdin.readline(65_536)))
    click.echo(text("issuer.done.restored", "fr", path=out))
