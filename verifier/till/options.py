"""The options that several commands of a till share."""

from __future__ import annotations

from pathlib import Path

import click

from cje.locales import LANGUAGES

FILE = click.Path(path_type=Path, allow_dash=True)
FOLDER = click.option(
    "--till",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DOSSIER",
    help="Dossier de la caisse (sinon CJE_TILL).",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Répondre en JSON, pour un programme.")
# Eager, so that what refuses another option knows how to say it.
LANG = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="fr", is_eager=True, help="Langue des phrases."
)
