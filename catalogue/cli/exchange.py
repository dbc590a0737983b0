"""`cje offers import | export | links`: what goes between content/ and the rest of the world."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from catalogue.cli.options import content_option, json_option, lang_option
from catalogue.errors import InvalidContent
from catalogue.exchange import reports
from catalogue.exchange.listing import as_json as offer_as_json
from catalogue.exchange.new_offer import write_new
from catalogue.problems.problem import Problem
from catalogue.reading.reading import read_catalogue
from cje.locales import text
from cje.progress import Progress

SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t"}


@click.command("import")
@content_option
@json_option
@lang_option
@click.option("--partner", help="Le partenaire des lignes qui n'en disent pas.")
@click.option("--dry-run", is_flag=True, help="Seulement vérifier : rien n'est écrit.")
@click.argument("table", type=click.Path(path_type=Path))
def import_(content: Path, as_json: bool, lang: str, partner: str | None, dry_run: bool, table: Path) -> None:
    """Écrire un fichier par offre à partir d'un tableau CSV.

    Les colonnes sont celles de « cje offers export ». Tous les problèmes sont montrés d'un coup ; s'il y en a
    un seul, rien n'est écrit. Un fichier qui existe n'est jamais remplacé. Les offres arrivent en brouillon.
    """
    from catalogue.exchange.importing import read_offers, write_offers

    try:
        found = read_offers(table, read_catalogue(content), partner)
    except InvalidContent as error:
        _print_problems(error.problems, as_json, lang)
        click.echo(text("catalogue.import.refused", lang, count=len(error.problems)), err=True)
        sys.exit(1)
    written = [] if dry_run else write_offers(content, found)
    if as_json:
        told = {"valid": True, "offers": len(found), "written": [str(path) for path in written]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for path in written:
            click.echo(path)
    key = "fine" if dry_run else "written"
    click.echo(text(f"catalogue.import.{key}", lang, count=len(found)), err=True)


@click.command()
@content_option
@lang_option
@click.option(
    "--format", "form", type=click.Choice(("csv", "json")), default="csv", help="Forme du résultat."
)
@click.option("--bom", is_flag=True, help="Commencer par la marque UTF-8, pour qu'Excel lise les accents.")
@click.option(
    "--separator",
    type=click.Choice(tuple(SEPARATORS)),
    default="semicolon",
    show_default=True,
    help="Entre les cases : point-virgule, virgule ou tabulation.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Écrire dans ce fichier, qui n'existe pas.")
def export(content: Path, lang: str, form: str, bom: bool, separator: str, output: Path | None) -> None:
    """Donner toutes les offres en CSV (LibreOffice, Excel) ou en JSON.

    Les contacts des partenaires n'y sont jamais. Aucune case n'est prise pour une formule.
    """
    from catalogue.exchange.spreadsheet import csv_text

    offers = read_catalogue(content).offers
    if form == "json":
        told = json.dumps([offer_as_json(offer) for offer in offers], ensure_ascii=False, indent=2) + "\n"
    else:
        told = csv_text(offers, SEPARATORS[separator], bom)
    if output is None:
        click.echo(told.encode("utf-8"), nl=False)
    else:
        write_new(output, told)
        click.echo(text("catalogue.export.written", lang, path=output, count=len(offers)), err=True)


@click.command()
@content_option
@json_option
@lang_option
@click.option("--strict", is_flag=True, help="Refuser aussi quand il n'y a que des avertissements.")
def links(content: Path, as_json: bool, lang: str, strict: bool) -> None:
    """Demander, par le réseau, si les liens mènent encore quelque part.

    C'est la seule commande qui utilise le réseau. Elle dit qui elle est, demande un lien à la fois à chaque
    site, et ne télécharge aucune page.
    """
    from catalogue.exchange.links import Client, links_of

    site = read_catalogue(content).site
    asked = links_of(content)
    client = Client(contact=site.base_url or f"mailto:{site.contact_email}")
    answers = client.ask_all([link.url for link in asked], Progress(text("catalogue.links.bar", lang)))
    told = [problem for link in asked if (problem := link.problem(answers[link.url])) is not None]
    problems = sorted(told, key=lambda problem: problem.order)
    _print_problems(problems, as_json, lang)
    count = len(answers)
    click.echo(text("catalogue.links.summary", lang, links=count, problems=len(problems)), err=True)
    if any(problem.severity == "error" for problem in problems) or (strict and problems):
        sys.exit(1)


def _print_problems(problems: list[Problem] | tuple[Problem, ...], as_json: bool, lang: str) -> None:
    told = reports.problems_report(problems, "json" if as_json else "text", lang)
    if told:
        click.echo(told)
