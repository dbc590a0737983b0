"""`cje issuer erase | retention | migrate`: what the register forgets, and its next version."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cje import system_clock
from cje.locales import text
from issuer.cli.options import JSON, STATE, fold_number
from issuer.decisions import erasure
from issuer.decisions.erasure import KEPT_DAYS, Erased
from issuer.register import migrations, vault


@click.command()
@STATE
@click.option("--person", type=int, callback=fold_number, required=True, metavar="N", help="Son numéro.")
def erase(folder: Path, person: int) -> None:
    """Oublier une personne qui le demande : carte fermée, bons révoqués, tout ce qu'on sait d'elle effacé."""
    opened = vault.open_state(folder)
    done = erasure.erase(opened, person, system_clock.now())
    opened.close()
    click.echo(text(f"issuer.erased.{'gone' if done.gone else 'nameless'}", "fr", number=person))


@click.command()
@STATE
@click.option(
    "--days",
    type=click.IntRange(0, 3650),
    default=KEPT_DAYS,
    show_default=True,
    metavar="N",
    help="Combien de jours garder après la fin du droit.",
)
@click.option("--dry-run", is_flag=True, help="Compter, sans rien effacer.")
@JSON
def retention(folder: Path, days: int, dry_run: bool, as_json: bool) -> None:
    """Oublier les personnes dont le droit est fini depuis longtemps."""
    opened = vault.open_state(folder)
    done = erasure.retain(opened, system_clock.now(), days=days, dry_run=dry_run)
    opened.close()
    _tell(done, dry_run, as_json)


def _tell(done: Erased, dry_run: bool, as_json: bool) -> None:
    counts = {"gone": len(done.gone), "nameless": len(done.nameless)}
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, **counts}))
    else:
        click.echo(text("issuer.erased.dry_run" if dry_run else "issuer.erased.done", "fr", **counts))


@click.command()
@STATE
def migrate(folder: Path) -> None:
    """Mettre un registre plus ancien à la version de ce « cje » ; il est copié d'abord."""
    before, after = migrations.migrate(vault.register_place(folder), system_clock.now())
    if before == after:
        click.echo(text("issuer.migrated.current", "fr", after=after))
    else:
        click.echo(text("issuer.migrated.done", "fr", before=before, after=after))
