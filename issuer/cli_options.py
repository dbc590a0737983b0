"""Options that several commands share, each with one name, one help and one meaning."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import click

from issuer.stock import Level
from locales import text, typographic

FILE: Final = click.Path(path_type=Path)

STATE: Final = click.option(
    "--state", "folder", type=FILE, required=True, metavar="DOSSIER", help="Le coffre : clés et registre."
)
CONTENT: Final = click.option(
    "--content",
    type=FILE,
    default=Path("content"),
    show_default=True,
    metavar="DOSSIER",
    help="Le catalogue.",
)
OUT: Final = click.option(
    "--out", type=FILE, required=True, metavar="DOSSIER", help="Le dossier du site, où publier."
)
CAMPAIGN: Final = click.option(
    "--campaign", type=FILE, required=True, metavar="TOML", help="La campagne : offres, parcours, dates."
)
BASE_URL: Final = click.option(
    "--base-url", metavar="URL", help="L'adresse du site, dans les liens. Par défaut celle de site.yaml."
)
PASSPHRASE: Final = click.option(
    "--passphrase-fd",
    "descriptor",
    type=click.IntRange(0, 1023),
    metavar="N",
    help="Lire la phrase secrète sur ce descripteur au lieu du clavier.",
)
CLOCK: Final = click.option(
    "--clock",
    type=click.IntRange(2**30 + 1, 2**32 - 1),
    metavar="SECONDES",
    help="L'heure de l'émission, pour la refaire à l'octet près.",
)
JSON: Final = click.option("--json", "as_json", is_flag=True, help="Réponse lisible par un programme.")


def tell(sentence: str) -> None:
    """Talk goes to stderr; results to stdout."""
    click.echo(typographic(sentence), err=True)


def tell_low(levels: Iterable[Level]) -> None:
    """Say which stocks of codes run out."""
    for level in levels:
        if level.low:
            tell(text("issuer.stock_low", "fr", offer=level.offer, left=level.left))


def fold_number(_context: click.Context, _option: Any, value: int | None) -> int | None:
    """Refuse a person's number that cannot be one."""
    if value is not None and not 1 <= value <= 2**40:
        raise click.BadParameter("un nombre entier de 1 à 2^40")
    return value
