"""`cje issuer person`: one person's entry in the register, seen and changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from catalogue import Catalogue, read_catalogue
from cje import system_clock
from cje.locales import text
from issuer.cli.options import CONTENT, JSON, STATE, fold_number
from issuer.decisions import enrolment_csv, withdrawal
from issuer.decisions import person as dossier
from issuer.register import vault
from issuer.register.people import Person
from voucher import civil

Command = TypeVar("Command", bound=Callable[..., Any])

NUMBER = click.argument("number", type=int, callback=fold_number, metavar="NUMÉRO")
# By column of the people's CSV: its rules are the rules here.
FIELDS = {
    "programme": ("--programme", "NOM", "Son parcours."),
    "fin_de_droit": ("--until", "JOUR", "Dernier jour de son droit, inclus : 2027-06-30."),
    "departement": ("--department", "95", "Son département."),
    "commune": ("--commune", "95585", "Le code INSEE de sa commune."),
    "prenom": ("--first-name", "PRÉNOM", "Seulement si la personne veut le voir sur sa carte."),
    "reference": ("--reference", "TEXTE", "La référence de votre structure."),
}


def fields(*needed: str) -> Callable[[Command], Command]:
    """The options of a person's fields."""

    def decorated(command: Command) -> Command:
        for column, (option, metavar, words) in reversed(FIELDS.items()):
            required = column in needed
            command = click.option(option, column, metavar=metavar, help=words, required=required)(command)
        return command

    return decorated


@click.group()
def person() -> None:
    """Une personne : l'inscrire, la trouver, corriger, renouveler, fermer."""


@person.command("add")
@STATE
@CONTENT
@fields("programme", "fin_de_droit")
@NUMBER
def add(folder: Path, content: Path, number: int, **cells: str | None) -> None:
    """Inscrire une personne, sous le numéro de votre structure."""
    now = system_clock.now()
    opened = vault.open_state(folder)
    row = {"numero": str(number), **_given(cells)}
    slugs = _programmes(read_catalogue(content))
    dossier.enrol_one(opened, enrolment_csv.check_person(row, f"n° {number}", slugs, civil.day_of(now)), now)
    opened.close()
    click.echo(text("issuer.person.added", "fr", number=number))


@person.command("correct")
@STATE
@CONTENT
@fields()
@NUMBER
def correct(folder: Path, content: Path, number: int, **cells: str | None) -> None:
    """Corriger ce qu'on sait d'une personne ; une option vide (« --first-name "" ») oublie."""
    now = system_clock.now()
    given = _given(cells)
    if not given:
        raise click.UsageError("Donnez ce qui change, par exemple --commune 95585.")
    opened = vault.open_state(folder)
    slugs = _programmes(read_catalogue(content))
    dossier.correct(opened, number, given, programmes=slugs, today=civil.day_of(now), now=now)
    opened.close()
    click.echo(text("issuer.person.corrected", "fr", number=number))


@person.command("renew")
@STATE
@CONTENT
@click.option("--until", required=True, metavar="JOUR", help="Le nouveau dernier jour de son droit, inclus.")
@NUMBER
def renew(folder: Path, content: Path, until: str, number: int) -> None:
    """Prolonger le droit d'une personne ; émettez ensuite pour elle."""
    now = system_clock.now()
    opened = vault.open_state(folder)
    slugs = _programmes(read_catalogue(content))
    done = dossier.renew(opened, number, until, programmes=slugs, today=civil.day_of(now), now=now)
    opened.close()
    click.echo(text("issuer.person.renewed", "fr", number=number, until=done.right_until))


@person.command("close")
@STATE
@NUMBER
def close(folder: Path, number: int) -> None:
    """Fermer la carte d'une personne : tous ses bons sont révoqués."""
    opened = vault.open_state(folder)
    withdrawal.revoke_person(opened, number, system_clock.now())
    opened.close()
    click.echo(text("issuer.person.closed", "fr", number=number))


@person.command("find")
@STATE
@JSON
@click.argument("wanted", metavar="TEXTE")
def find(folder: Path, as_json: bool, wanted: str) -> None:
    """Trouver par numéro, référence ou prénom exacts ; sort avec 1 si personne ne correspond."""
    opened = vault.open_state(folder)
    with opened.register.reading() as connection:
        found = dossier.search(connection, wanted)
    opened.close()
    if as_json:
        click.echo(json.dumps([_fields(one) for one in found], ensure_ascii=False))
    for one in found if not as_json else ():
        status = "open" if one.closed is None else "closed"
        cells = dossier.as_cells(one.enrolment)
        click.echo("\t".join((*cells.values(), text(f"issuer.person.status.{status}", "fr"))))
    if not found:
        raise SystemExit(1)


def _fields(found: Person) -> dict[str, Any]:
    cells: dict[str, Any] = dict(dossier.as_cells(found.enrolment))
    return {**cells, "numero": found.number, "carte": found.card, "fermee": found.closed}


def _given(cells: dict[str, str | None]) -> dict[str, str]:
    return {column: cell for column, cell in cells.items() if cell is not None}


def _programmes(catalogue: Catalogue) -> list[str]:
    return [programme.slug for programme in catalogue.programmes]
