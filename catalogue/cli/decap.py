"""`cje offers cms`: the forms of Decap CMS, in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import click

from catalogue.cli.options import lang_option
from catalogue.exchange.decap import FORGES, Forge, decap_files, write_folder
from cje.locales import text


@click.command()
@click.option(
    "--write",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Dossier où écrire, à part du site.",
)
@click.option(
    "--forge",
    type=click.Choice(FORGES),
    default="test-repo",
    show_default=True,
    help="Où Decap enregistre ; « test-repo » n'enregistre rien, pour essayer.",
)
@click.option("--repo", metavar="PROPRIÉTAIRE/NOM", help="Le dépôt du contenu.")
@click.option("--branch", default="main", show_default=True, help="La branche publiée.")
@click.option("--login", metavar="ADRESSE", help="GitHub : le service de connexion, en https.")
@click.option("--application", metavar="IDENTIFIANT", help="GitLab : l'identifiant de l'application.")
@click.option("--path", default="content", show_default=True, help="Le dossier du contenu, dans le dépôt.")
@lang_option
def cms(
    write: Path,
    forge: str,
    repo: str | None,
    branch: str,
    login: str | None,
    application: str | None,
    path: str,
    lang: str,
) -> None:
    """Écrire la configuration de Decap CMS : des formulaires, faits à partir du modèle.

    Écrit config.yml, une page et un petit script. L'éditeur lui-même vient du paquet npm « decap-cms ».
    """
    if forge != "test-repo" and repo is None:
        raise click.UsageError(text("catalogue.decap.needs_repo", lang, forge=forge))
    write_folder(write, decap_files(Forge(forge, repo, branch, login, application), path, lang))
    click.echo(text("catalogue.decap.written", lang, folder=write), err=True)
