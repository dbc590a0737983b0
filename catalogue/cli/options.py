"""What several commands of `cje offers` share: their options."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from catalogue.exchange import new_offer
from cje.locales import LANGUAGES

content_option = click.option(
    "--content",
    type=click.Path(path_type=Path),
    default=Path("content"),
    show_default=True,
    help="Dossier du contenu.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Écrire du JSON, pour un programme.")
lang_option = click.option("--lang", type=click.Choice(LANGUAGES), default="fr", help="Langue des messages.")


def read_day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Read a calendar day written YYYY-MM-DD; a text that is not one is a usage error."""
    if value is None:
        return None
    problem = new_offer.answer_fault("valid_until", value)
    if problem is not None:
        raise click.BadParameter(f"{problem.message} {problem.fix}", ctx, param)
    return date.fromisoformat(value)
