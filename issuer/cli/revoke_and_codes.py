"""`cje issuer revoke | replace | codes | qr | paper`: withdrawals, codes, QR, paper."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from catalogue import read_catalogue
from cje import system_clock
from cje.files import Disk, refuse_existing
from cje.locales import text
from issuer.cards import paper as paper_vouchers
from issuer.cards import qr as drawing
from issuer.cards.shards import link_of
from issuer.cli.options import (
    BASE_URL,
    CAMPAIGN,
    CLOCK,
    CONTENT,
    FILE,
    PASSPHRASE,
    STATE,
    fold_number,
    open_vault,
    tell_low,
)
from issuer.decisions import withdrawal
from issuer.decisions.proposed_revocations import read_proposed, revoke_proposed
from issuer.errors import IssuerError
from issuer.keys import passphrase
from issuer.register import campaign as campaigns
from issuer.register import imported_codes, people
from voucher import activation, civil
from voucher.errors import VoucherError

PERSON = click.option(
    "--person", type=int, callback=fold_number, metavar="N", help="Le numéro de la personne."
)
OFFER = click.option("--offer", type=int, metavar="N", help="Le numéro de l'offre.")


@click.command()
@STATE
@PERSON
@OFFER
@click.option("--key", "kid", metavar="KID", help="L'identifiant d'une clé d'émission, 8 caractères.")
@click.option(
    "--before", type=click.DateTime(["%Y-%m-%d"]), help="Seulement les bons de la clé d'avant ce jour."
)
@click.option(
    "--proposed",
    type=FILE,
    metavar="JSON",
    help="Les bons de ce fichier de « cje reconcile propose » auxquels quelqu'un a donné son accord.",
)
@PASSPHRASE
@click.pass_context
def revoke(
    context: click.Context,
    folder: Path,
    person: int | None,
    offer: int | None,
    kid: str | None,
    before: datetime | None,
    proposed: Path | None,
    descriptor: int | None,
) -> None:
    """Révoquer une carte, un bon, une clé ou des bons proposés ; la prochaine liste des caisses le dira."""
    ways = [person, kid, proposed]
    if sum(way is not None for way in ways) != 1 or (offer and person is None) or (before and kid is None):
        raise click.UsageError("Donnez --person (et --offer), --key (et --before), ou --proposed.", context)
    now = system_clock.now()
    agreed, waiting = read_proposed(proposed) if proposed else ({}, 0)
    opened = open_vault(folder)
    if proposed is not None:
        secret = opened.campaign_secret(passphrase.ask(descriptor))
        done = revoke_proposed(opened, agreed, waiting, secret, now)
        click.echo(text("issuer.proposed", "fr", **asdict(done)))
    elif kid is not None:
        limit = None if before is None else civil.start_of(before.date())
        withdrawal.revoke_key(opened, kid.lower(), now, before=limit)
    elif person is not None and offer is not None:
        withdrawal.revoke_voucher(opened, person, offer, now)
    elif person is not None:
        withdrawal.revoke_person(opened, person, now)
    opened.close()
    click.echo(text("issuer.done.revoked", "fr"))


@click.command()
@STATE
@click.option("--person", type=int, callback=fold_number, required=True, metavar="N", help="Son numéro.")
def replace(folder: Path, person: int) -> None:
    """Remplacer une carte perdue : l'ancienne est révoquée, la prochaine émission donne la nouvelle."""
    opened = open_vault(folder)
    replaced = withdrawal.replace_card(opened, person, system_clock.now())
    opened.close()
    click.echo(text("issuer.done.replaced", "fr", number=person, card=replaced.card))


@click.command()
@STATE
@CONTENT
@OFFER
@click.argument("file", type=FILE, required=False)
def codes(folder: Path, content: Path, offer: int | None, file: Path | None) -> None:
    """Importer les codes d'une offre, un par ligne ; sans fichier, montrer le stock."""
    opened = open_vault(folder)
    if file is not None:
        catalogue = read_catalogue(content)
        chosen = next((one for one in catalogue.offers if one.number == offer), None)
        if chosen is None:
            raise IssuerError("offer_unknown", offer=offer)
        read = imported_codes.read_codes(file, chosen)
        imported_codes.import_codes(opened, chosen, read, system_clock.now())
    with opened.register.reading() as connection:
        levels = imported_codes.levels(connection)
    opened.close()
    for level in levels:
        click.echo(text("issuer.stock", "fr", offer=level.offer, left=level.left, total=level.total))
    tell_low(levels)


@click.command("qr")
@STATE
@CONTENT
@PERSON
@BASE_URL
@click.option("--out", type=FILE, required=True, metavar="FICHIER", help="Le dessin, .svg ou .png.")
@PASSPHRASE
@click.argument("code", required=False)
def qr(
    folder: Path,
    content: Path,
    person: int | None,
    base_url: str | None,
    out: Path,
    descriptor: int | None,
    code: str | None,
) -> None:
    """Dessiner le QR code du lien d'activation d'une personne, ou d'un CODE (« - » : lu sur l'entrée)."""
    suffix = drawing.format_of(out)
    refuse_existing(out)
    if (person is None) == (code is None):
        raise click.UsageError("Donnez --person N, ou un code.")
    opened = open_vault(folder)
    if person is not None:
        secret = opened.campaign_secret(passphrase.ask(descriptor))
        with opened.register.reading() as connection:
            found = people.find(connection, (person,)).get(person)
        if found is None:
            raise IssuerError("person_unknown", number=person)
        canonical = secret.activation_code(person, found.card)
    else:
        canonical = _typed_code(sys.stdin.readline(4096) if code == "-" else str(code))
    opened.close()
    url = base_url if base_url is not None else read_catalogue(content).site.base_url or ""
    Disk().create(out, drawing.draw(link_of(url, activation.grouped(canonical)), suffix))


@click.command("paper")
@STATE
@CONTENT
@CAMPAIGN
@click.option("--offer", type=int, required=True, metavar="N", help="Le numéro de l'offre.")
@click.option("--count", type=click.IntRange(1, 10_000), required=True, metavar="N", help="Combien de bons.")
@click.option(
    "--out", type=FILE, required=True, metavar="DOSSIER", help="Un dossier nouveau, pour les dessins."
)
@click.option("--format", "suffix", type=click.Choice(["svg", "png"]), default="svg", show_default=True)
@CLOCK
@PASSPHRASE
def paper(
    folder: Path,
    content: Path,
    campaign: Path,
    offer: int,
    count: int,
    out: Path,
    suffix: str,
    clock: int | None,
    descriptor: int | None,
) -> None:
    """Imprimer des bons au porteur d'une offre qui autorise le papier."""
    now = system_clock.now() if clock is None else clock
    opened = open_vault(folder)
    catalogue = read_catalogue(content)
    chosen = campaigns.read_campaign(campaign, catalogue)
    made = paper_vouchers.issue_paper(
        opened,
        catalogue,
        chosen,
        offer,
        count,
        out=out,
        suffix=f".{suffix}",
        passphrase=passphrase.ask(descriptor),
        now=now,
    )
    opened.close()
    click.echo(text("issuer.done.paper", "fr", count=len(made)))


def _typed_code(typed: str) -> str:
    try:
        return activation.normalise(typed)
    except VoucherError:
        raise IssuerError("code_malformed") from None
