"""`cje offers`: check, list, show, write and describe the content."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click

from catalogue.cli.decap import cms
from catalogue.cli.exchange import export, import_, links
from catalogue.cli.options import content_option, json_option, lang_option, read_day
from catalogue.errors import Refused
from catalogue.exchange import new_offer, reports
from catalogue.exchange.listing import SORTS, Choice, chosen, table
from catalogue.exchange.listing import as_json as offer_as_json
from catalogue.exchange.schema import SCHEMAS, schema_text
from catalogue.exchange.writing import yaml_text
from catalogue.model.catalogue import Catalogue
from catalogue.model.offer import Offer
from catalogue.model.ways_of_use import KINDS
from catalogue.problems.did_you_mean import find_nearest_word, make_slug
from catalogue.reading.cache import OfferCache
from catalogue.reading.history import past_offers
from catalogue.reading.reading import examine_content, read_catalogue
from cje import system_clock
from cje.locales import text
from cje.progress import Progress


@click.group()
def offers() -> None:
    """Vérifier et écrire les offres."""


for command in (import_, export, links, cms):
    offers.add_command(command)


@offers.command()
@content_option
@json_option
@lang_option
@click.option(
    "--format", "form", type=click.Choice(reports.FORMATS), default="text", help="Forme du résultat."
)
@click.option(
    "--date",
    "day",
    callback=read_day,
    metavar="AAAA-MM-JJ",
    help="Jour des avertissements, au lieu d'aujourd'hui.",
)
@click.option("--strict", is_flag=True, help="Refuser aussi quand il n'y a que des avertissements.")
@click.option(
    "--against",
    metavar="RÉVISION",
    help="Comparer avec une révision de git : une offre publiée garde son numéro et son nom.",
)
@click.option("--no-cache", is_flag=True, help="Tout relire, sans se souvenir de la dernière fois.")
def check(
    content: Path,
    as_json: bool,
    lang: str,
    form: str,
    day: date | None,
    strict: bool,
    against: str | None,
    no_cache: bool,
) -> None:
    """Vérifier tout le contenu.

    Montre toutes les erreurs de tous les fichiers : fichier, ligne, colonne, ce qui ne va pas, comment le
    réparer. Code de sortie : 0 si le contenu peut être publié, 1 sinon.
    """
    past = past_offers(content, against) if against is not None else ()
    memory = None if no_cache else OfferCache.beside(content)
    examination = examine_content(
        content, day or system_clock.today(), memory, Progress(text("catalogue.check.bar", lang)), past
    )
    found = reports.report(examination, "json" if as_json else form, lang)
    if found:
        click.echo(found)
    click.echo(reports.summary(examination, lang), err=True)
    if examination.errors or (strict and examination.warnings):
        sys.exit(1)


@offers.command("list")
@content_option
@json_option
@lang_option
@click.option("--partner", help="Seulement ce partenaire.")
@click.option("--category", help="Seulement ce besoin.")
@click.option("--kind", type=click.Choice(KINDS), help="Seulement cette façon d'utiliser.")
@click.option("--programme", help="Seulement ce qui est ouvert à ce programme.")
@click.option("--status", type=click.Choice(("draft", "published", "retired")), help="Seulement cet état.")
@click.option(
    "--on", "day", callback=read_day, metavar="AAAA-MM-JJ", help="Seulement ce qui est utilisable ce jour-là."
)
@click.option("--sort", type=click.Choice(tuple(SORTS)), default="number", help="Ordre.")
def list_(
    content: Path,
    as_json: bool,
    lang: str,
    partner: str | None,
    category: str | None,
    kind: str | None,
    programme: str | None,
    status: str | None,
    day: date | None,
    sort: str,
) -> None:
    """Lister les offres, filtrées et triées."""
    catalogue = read_catalogue(content)
    found = chosen(catalogue, Choice(partner, category, kind, programme, status, day), sort)
    if as_json:
        click.echo(json.dumps([offer_as_json(offer) for offer in found], ensure_ascii=False, indent=2))
    elif found:
        click.echo(table(catalogue, found, lang))
    else:
        click.echo(text("catalogue.list.none", lang), err=True)


@offers.command()
@content_option
@json_option
@lang_option
@click.argument("name")
def show(content: Path, as_json: bool, lang: str, name: str) -> None:
    """Montrer une offre, par son numéro ou son nom de fichier."""
    catalogue = read_catalogue(content)
    offer = _named(catalogue, name, lang)
    if as_json:
        click.echo(json.dumps(offer_as_json(offer), ensure_ascii=False, indent=2))
    else:
        click.echo(f"# {content / 'offers' / offer.slug}.yaml")
        click.echo(f"# {catalogue.partner_of(offer).name}, {offer.valid_until_text(lang)}")
        click.echo(yaml_text(offer), nl=False)


@offers.command()
@click.argument("kind", type=click.Choice(tuple(SCHEMAS)), default="offer")
@click.option("--write", type=click.Path(path_type=Path), help="Écrire tous les schémas dans ce dossier.")
@lang_option
def schema(kind: str, write: Path | None, lang: str) -> None:
    """Écrire le schéma JSON des fichiers, pour l'aide à la saisie de VS Code."""
    if write is None:
        click.echo(schema_text(kind, lang), nl=False)
        return
    write.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (write / f"{name}.json").write_text(schema_text(name, lang), encoding="utf-8", newline="\n")


@offers.command()
@content_option
@lang_option
def new(content: Path, lang: str) -> None:
    """Écrire une nouvelle offre, en répondant à quelques questions.

    Le numéro est proposé tout seul. Le fichier est commenté, valable tel quel, en brouillon ; un fichier qui
    existe n'est jamais remplacé.
    """
    catalogue = read_catalogue(content)
    answers = _answers(catalogue, lang)
    offer = new_offer.draft(new_offer.next_number(catalogue), answers)
    path = content / "offers" / f"{offer.slug}.yaml"
    new_offer.write_new(path, new_offer.commented_text(offer, lang))
    click.echo(text("catalogue.new.written", lang, path=path), err=True)
    click.echo(path)


def _answers(catalogue: Catalogue, lang: str) -> dict[str, str]:
    """Every answer, asked again until it can stand in the file."""
    partners, needs = sorted(catalogue.partners), [item.slug for item in catalogue.categories]
    answers = {"title": _ask("title", lang)}
    answers["slug"] = _ask("slug", lang, default=make_slug(answers["title"]))
    answers["headline"] = _ask("headline", lang)
    answers["summary"] = _ask("summary", lang)
    answers["partner"] = _ask_among("partner", partners, lang)
    answers["categories"] = _ask_among("category", needs, lang)
    answers["kind"] = _ask_among("kind", list(KINDS), lang, default="voucher")
    answers["channel"] = _ask_among("channel", ["online", "store", "both"], lang, default="store")
    answers["valid_from"] = _ask("valid_from", lang)
    answers["valid_until"] = _ask("valid_until", lang)
    if answers["kind"] == "link":
        answers["url"] = _ask("url", lang)
    return answers


def _ask(name: str, lang: str, default: str | None = None) -> str:
    while True:
        answer = str(click.prompt(text(f"catalogue.new.{name}", lang), default=default, err=True)).strip()
        problem = new_offer.answer_fault(name, answer)
        if problem is None:
            return answer
        reason, mend = problem.sentence(lang), problem.mend(lang)
        click.echo(text("catalogue.new.try_again", lang, reason=reason, mend=mend), err=True)


def _ask_among(name: str, known: list[str], lang: str, default: str | None = None) -> str:
    label = text(f"catalogue.new.{name}", lang, known=", ".join(known))
    while True:
        answer = str(click.prompt(label, default=default, err=True)).strip()
        if answer in known:
            return answer
        meant = find_nearest_word(answer, known)
        if meant is not None:
            click.echo(text("catalogue.did_you_mean", lang, suggestion=meant), err=True)


def _named(catalogue: Catalogue, name: str, lang: str) -> Offer:
    for offer in catalogue.offers:
        if name in (str(offer.number), offer.slug, f"{offer.slug}.yaml"):
            return offer
    meant = find_nearest_word(name, [offer.slug for offer in catalogue.offers])
    if meant is None:
        raise Refused("show.unknown", name=name)
    raise Refused("show.unknown_meant", name=name, suggestion=meant)
