"""`cje issuer`: the thin shell. Files, clock and terminal are here; decisions are in the other modules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from catalogue import Catalogue, read_catalogue
from cje import system_clock
from cje.locales import text
from issuer.cards.engines import Engine
from issuer.cards.layout import Layout
from issuer.cli import handover, publish
from issuer.cli.audit import audit_log
from issuer.cli.engine_options import ENGINE, LAYOUT, SEND_KEYS
from issuer.cli.enrol import enrol
from issuer.cli.key import key
from issuer.cli.options import (
    BASE_URL,
    CAMPAIGN,
    CLOCK,
    CONTENT,
    FILE,
    JSON,
    OUT,
    PASSPHRASE,
    STATE,
    bar,
    open_vault,
    tell,
    tell_low,
)
from issuer.cli.pairing import pairing
from issuer.cli.person import person
from issuer.cli.plan import issued, plan
from issuer.cli.register import erase, migrate, retention
from issuer.cli.revoke_and_codes import codes, paper, qr, replace, revoke
from issuer.cli.root import MEDIA, media_of, root_group
from issuer.decisions import enrolment_csv
from issuer.keys import passphrase
from issuer.keys.keyfile import MODERATE, NOMINAL
from issuer.publishing import issue
from issuer.register import campaign as campaigns
from issuer.register import imported_codes, vault
from issuer.register.address import Place
from issuer.register.people import Enrolment
from voucher import civil


@click.group()
def issuer() -> None:
    """Clés, inscriptions et émission des bons."""


@issuer.command()
@STATE
@click.option("--operator", required=True, metavar="NOM", help="Le nom que les gens lisent.")
@click.option("--demo", is_flag=True, help="Des clés pour essayer, que les vraies caisses refusent.")
@click.option(
    "--database", metavar="URL", help="Un PostgreSQL vide pour le registre, sans mot de passe dans l'adresse."
)
@MEDIA
@PASSPHRASE
def init(
    folder: Path,
    operator: str,
    demo: bool,
    database: str | None,
    folders: tuple[Path, ...],
    descriptors: tuple[int, ...],
    descriptor: int | None,
) -> None:
    """Créer un coffre : racine à 2 clés sur 3, clé de confiance, première clé d'émission."""
    now = system_clock.now()
    place = None if database is None else Place.parse(database)
    phrase = passphrase.ask_new(descriptor, demo)
    media = media_of(folders, descriptors, new=True, demo=demo)
    made = vault.create(
        folder,
        operator=operator,
        passphrase=phrase,
        now=now,
        demo=demo,
        cost=NOMINAL if demo else MODERATE,
        database=place,
        media=media,
    )
    made.close()
    tell(text("issuer.done.init_media" if media else "issuer.done.init", "fr", path=folder))


@issuer.command("issue")
@STATE
@CONTENT
@CAMPAIGN
@click.option("--people", type=FILE, required=True, metavar="CSV", help="Les personnes à inscrire et servir.")
@OUT
@click.option("--links", type=click.Path(path_type=Path), metavar="CSV", help="Liste d'activation, secrète.")
@BASE_URL
@LAYOUT
@ENGINE
@SEND_KEYS
@CLOCK
@PASSPHRASE
@JSON
def issue_command(
    folder: Path,
    content: Path,
    campaign: Path,
    people: Path,
    out: Path,
    links: Path | None,
    base_url: str | None,
    arranged: Layout | None,
    engine: Engine,
    clock: int | None,
    descriptor: int | None,
    as_json: bool,
) -> None:
    """Émettre une campagne : une carte chiffrée par personne, une liste par partenaire."""
    now = system_clock.now() if clock is None else clock
    opened = open_vault(folder)
    catalogue = read_catalogue(content)
    chosen = campaigns.read_campaign(campaign, catalogue)
    found = _read_people(people, catalogue, now)
    report = issue.issue(
        opened,
        catalogue,
        chosen,
        found,
        out=out,
        passphrase=passphrase.ask(descriptor),
        now=now,
        links=links,
        base_url=base_url,
        progress=bar("cards"),
        engine=engine,
        arranged=arranged or "files",
    )
    with opened.register.reading() as connection:
        low = [level for level in imported_codes.levels(connection) if level.low]
    opened.close()
    _tell_report(report, as_json)
    tell_low(low)


def _read_people(path: Path, catalogue: Catalogue, now: int) -> tuple[Enrolment, ...]:
    programmes = [programme.slug for programme in catalogue.programmes]
    return enrolment_csv.read_people(path, programmes, civil.day_of(now))


def _tell_report(report: issue.Report, as_json: bool) -> None:
    if as_json:
        fields: dict[str, Any] = {
            "cards": len(report.cards),
            "vouchers": report.vouchers,
            "partners": list(report.partners),
            "skipped": [{"number": number, "reason": reason} for number, reason in report.skipped],
        }
        click.echo(json.dumps(fields))
        return
    click.echo(text("issuer.done.cards", "fr", count=len(report.cards)))
    click.echo(text("issuer.done.vouchers", "fr", count=report.vouchers))
    click.echo(text("issuer.done.lists", "fr", count=len(report.partners)))
    for number, reason in report.skipped:
        tell(text("issuer.skipped", "fr", number=number, reason=text(f"issuer.reasons.{reason}", "fr")))


COMMANDS: tuple[click.Command, ...] = (
    *(enrol, person, plan, key, root_group),
    *(revoke, replace, erase, retention, codes, qr, paper, pairing),
    *(audit_log, migrate, issued),
    *publish.COMMANDS,
    *handover.COMMANDS,
)
for command in COMMANDS:
    issuer.add_command(command)
