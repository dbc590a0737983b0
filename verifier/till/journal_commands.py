"""The journal on the command line: read, take back, export, import, purge, repair."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from cje import system_clock
from cje.files import Disk, read_capped
from verifier.till import printing
from verifier.till.default_folder import folder_of
from verifier.till.options import FILE, FOLDER, JSON, LANG
from verifier.till.printing import say
from verifier.till.retention import KEEP_DAYS, LEAST_DAYS
from verifier.till.till import Till
from voucher.journal import MAX_EXPORT


@click.command()
@FOLDER
@JSON
@LANG
@click.option("--check", is_flag=True, help="Vérifier toute la chaîne du journal.")
def journal(folder: Path | None, as_json: bool, lang: str, check: bool) -> None:
    """Lire le journal de la caisse, une ligne par décision gardée."""
    with Till.open(folder_of(folder)) as opened:
        if check:
            click.echo(say(lang, "journal.holds", count=opened.journal.check()))
            return
        voided = opened.journal.voided()
        for row in opened.rows():
            line = (
                json.dumps(printing.row_json(row, voided))
                if as_json
                else printing.row_line(row, voided, lang)
            )
            click.echo(line)
        if not as_json and opened.status().rows == 0:
            click.echo(say(lang, "journal.empty"), err=True)


@click.command()
@FOLDER
@click.option("--reason", required=True, metavar="RAISON", help="Pourquoi, en quelques mots.")
@click.argument("number", metavar="N", type=click.IntRange(min=1))
def void(folder: Path | None, reason: str, number: int) -> None:
    """Annuler la ligne N du journal, dans les dix minutes."""
    with Till.open(folder_of(folder)) as opened:
        opened.void(number, reason)
    click.echo(say("fr", "void.done", n=number))


@click.command()
@FOLDER
@click.option("--first", default=1, type=click.IntRange(min=1), help="Première ligne à exporter.")
@click.option("--last", default=None, type=click.IntRange(min=1), help="Dernière ligne à exporter.")
@click.argument("file", metavar="FICHIER|-", type=FILE)
def export(folder: Path | None, first: int, last: int | None, file: Path) -> None:
    """Exporter le journal dans un fichier neuf, signé par la caisse."""
    from voucher.journal import decode_export

    with Till.open(folder_of(folder)) as opened:
        data = opened.export(first, last)
        written = decode_export(data)
        if str(file) == "-":
            sys.stdout.buffer.write(data)
            return  # whether it arrived somewhere, only the reader knows
        Disk().create(file, data)
        opened.exported(written.first, written.last)
    click.echo(say("fr", "merge.exported", count=len(written.rows), path=str(file)))


@click.command()
@FOLDER
@click.option(
    "--keep-days",
    default=KEEP_DAYS,
    type=int,
    metavar="JOURS",
    help=f"Garder tant de jours ({KEEP_DAYS} sinon, {LEAST_DAYS} au moins).",
)
def purge(folder: Path | None, keep_days: int) -> None:
    """Effacer les vieilles lignes du journal, une fois exportées. Aucun bon utilisé ne redevient valable."""
    with Till.open(folder_of(folder)) as opened:
        done = opened.purge(keep_days)
    click.echo(say("fr", "purge.done", rows=done.rows, neighbours=done.neighbours, uses=done.uses))
    if done.waiting:
        click.echo(say("fr", "purge.waiting", count=done.waiting))


@click.command(name="import")
@FOLDER
@click.argument("files", metavar="FICHIER…", nargs=-1, required=True, type=FILE)
@click.pass_context
def import_(ctx: click.Context, folder: Path | None, files: tuple[Path, ...]) -> None:
    """Prendre l'export d'une caisse voisine : les deux refusent alors ce que l'autre a accepté."""
    with Till.open(folder_of(folder)) as opened:
        for path in files:
            found = opened.merge(read_capped(path, MAX_EXPORT))
            click.echo(say("fr", "merge.imported", till=found.till, rows=found.rows, new=found.new))
            if found.unproven:
                click.echo(say("fr", "merge.unproven", count=found.unproven))
            if found.conflicts:
                click.echo(say("fr", "merge.conflicts", rows=", ".join(map(str, found.conflicts))), err=True)
        doubles = list(opened.double_uses())
    for double in doubles:
        click.echo(printing.double_use_line(double, "fr"))
    ctx.exit(0)


@click.command()
@FOLDER
def repair(folder: Path | None) -> None:
    """Mettre de côté un journal abîmé et en commencer un autre ; ce qui tient encore continue de compter."""
    from verifier.till import repair as repairing
    from verifier.till.folder import TillFolder

    done = repairing.repair(TillFolder(folder_of(folder)), system_clock.now())
    click.echo(say("fr", "repair.done", count=done.rows, path=str(done.aside)))


COMMANDS = (journal, void, export, import_, purge, repair)
