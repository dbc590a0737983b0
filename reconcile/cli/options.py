"""The options that several commands share, and their progress bar."""

from __future__ import annotations

import re
from typing import Final

import click

from cje.locales import text

STORE: Final = click.option(
    "--store", required=True, metavar="DOSSIER", help="Le dossier du rapprochement, ou une adresse s3://…"
)
STORE_FOR_PROOF: Final = click.option("--store", metavar="DOSSIER", help="Le dossier du rapprochement.")
PLACES: Final = click.argument("places", metavar="FICHIER|DOSSIER|ADRESSE…", nargs=-1, required=True)
CLOCK: Final = click.option(
    "--clock", type=click.IntRange(2**30 + 1, 2**32 - 1), metavar="SECONDES", help="L'heure du rapport."
)


def read_month(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no month."""
    if value is not None and not re.fullmatch("20[0-9]{2}-(0[1-9]|1[0-2])", value):
        raise click.BadParameter(text("reconcile.ask.month", ctx.params.get("lang", "fr")), ctx, option)
    return value


MONTH: Final = read_month
