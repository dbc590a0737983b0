"""`cje issuer plan | issued`: what issuing a campaign would make, and what was granted so far."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from catalogue import read_catalogue
from cje import system_clock
from cje.locales import text, typographic
from issuer.cli.options import CAMPAIGN, CLOCK, CONTENT, FILE, JSON, STATE, open_vault, tell
from issuer.decisions import enrolment_csv
from issuer.publishing import plan as planning
from issuer.publishing.plan import Plan
from issuer.register import campaign as campaigns
from issuer.register import grants, vault
from voucher import civil


@click.command()
@STATE
@CONTENT
@CAMPAIGN
@click.option(
    "--people",
    type=FILE,
    metavar="CSV",
    help="Les personnes à servir ; par défaut toutes celles du registre.",
)
@CLOCK
@JSON
def plan(
    folder: Path, content: Path, campaign: Path, people: Path | None, clock: int | None, as_json: bool
) -> None:
    """Compter ce qu'une émission ferait : personnes, bons, codes, taille. Rien n'est décidé."""
    now = system_clock.now() if clock is None else clock
    opened = vault.open_state(folder)
    catalogue = read_catalogue(content)
    chosen = campaigns.read_campaign(campaign, catalogue)
    slugs = [programme.slug for programme in catalogue.programmes]
    found = None if people is None else enrolment_csv.read_people(people, slugs, civil.day_of(now))
    counted = planning.plan(opened, catalogue, chosen, now, found)
    opened.close()
    if as_json:
        click.echo(json.dumps(asdict(counted)))
    else:
        _tell(counted)


@click.command()
@STATE
def issued(folder: Path) -> None:
    """Compter ce qui a été accordé, par offre : du JSON pour « cje reconcile learn », sans personne."""
    opened = open_vault(folder)
    with opened.register.reading() as connection:
        counted = Counter(offer for grant in grants.every(connection) for offer in grant.offers)
    opened.close()
    click.echo(json.dumps({"issued": dict(sorted(counted.items()))}))


def _tell(counted: Plan) -> None:
    def say(key: str, **values: object) -> None:
        click.echo(typographic(text(f"issuer.plan.{key}", "fr", **values)))

    say("people", people=counted.people, new=counted.new, empty=counted.empty)
    if counted.closed or counted.over:
        say("left_out", closed=counted.closed, over=counted.over)
    for offer, holders in counted.offers.items():
        say("offer", offer=offer, people=holders)
    for codes in counted.codes:
        say("codes", offer=codes.offer, wanted=codes.wanted, left=codes.left)
        if codes.missing:
            tell(text("issuer.plan.codes_missing", "fr", offer=codes.offer, missing=codes.missing))
    say("size", vouchers=counted.vouchers, size=f"{counted.size / 1e6:.1f}".replace(".", ","))
