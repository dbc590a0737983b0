"""`cje issuer key`: the issuing keys, each for a quarter."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from cje import system_clock
from cje.locales import text
from issuer.cli.options import JSON, PASSPHRASE, STATE, TOKEN, open_vault, tell, token_of
from issuer.decisions import key_rotation, withdrawal
from issuer.decisions.key_making import new_issuing_key
from issuer.keys import passphrase
from issuer.keys.keyfile import MODERATE, NOMINAL
from issuer.keys.quarter import Quarter
from issuer.register import issuing_keys, vault
from issuer.register.issuing_keys import IssuingKeyRecord
from issuer.register.vault import State
from voucher import civil


@click.group()
def key() -> None:
    """Les clés d'émission : en créer une, les lister, les renouveler, en révoquer une."""


@key.command("new")
@STATE
@click.option("--quarter", metavar="2027-Q1", help="Le trimestre servi ; par défaut celui d'aujourd'hui.")
@click.option("--programme", metavar="NOM", help="Un seul parcours ; par défaut, tous.")
@TOKEN
@PASSPHRASE
def key_new(
    folder: Path,
    quarter: str | None,
    programme: str | None,
    module: str | None,
    token: str | None,
    descriptor: int | None,
) -> None:
    """Créer la clé d'émission d'un trimestre, dans un fichier ou dans un module PKCS#11."""
    now = system_clock.now()
    wanted = Quarter.of(now) if quarter is None else Quarter.parse(quarter)
    if wanted is None:
        raise click.BadParameter("un trimestre s'écrit 2027-Q1", param_hint="--quarter")
    inside = token_of(module, token)
    opened = open_vault(folder)
    made = new_issuing_key(
        opened,
        wanted,
        passphrase=passphrase.ask(descriptor),
        now=now,
        programme=programme,
        cost=NOMINAL if opened.root.demo else MODERATE,
        token=inside,
    )
    opened.close()
    _show(made)


@key.command("list")
@STATE
@JSON
def key_list(folder: Path, as_json: bool) -> None:
    """Lister les clés d'émission, sans phrase secrète."""
    opened = vault.open_state(folder)
    vault.key_headers(opened)  # refuses files that others may read
    with opened.register.reading() as connection:
        records = issuing_keys.read(connection)
    opened.close()
    if as_json:
        click.echo(issuing_keys.public_list(records).decode(), nl=False)
        return
    for record in records:
        status = "revoked" if record.revoked is not None else "good"
        click.echo(f"{record.kid}  {text(f'issuer.key.{status}', 'fr')}  {record.name}")


@key.command("rotate")
@STATE
@click.option("--stolen", metavar="KID", help="Révoquer cette clé et faire la suivante du même trimestre.")
@TOKEN
@PASSPHRASE
def key_rotate(
    folder: Path, stolen: str | None, module: str | None, token: str | None, descriptor: int | None
) -> None:
    """Préparer les clés du trimestre suivant ; ou, avec --stolen, remplacer une clé volée."""
    now, inside = system_clock.now(), token_of(module, token)
    opened = open_vault(folder)
    phrase = passphrase.ask(descriptor)
    cost = NOMINAL if opened.root.demo else MODERATE
    if stolen is not None:
        made = [
            key_rotation.replace_stolen(
                opened, stolen.lower(), passphrase=phrase, now=now, cost=cost, token=inside
            )
        ]
    else:
        made = key_rotation.prepare_next(opened, passphrase=phrase, now=now, cost=cost, token=inside)
    opened.close()
    for record in made:
        _show(record)
    if not made:
        tell(text("issuer.key.ready", "fr", quarter=Quarter.of(now).next()))


@key.command("revoke")
@STATE
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Seulement ses bons d'avant ce jour.")
@click.argument("kid", metavar="KID")
def key_revoke(folder: Path, before: datetime | None, kid: str) -> None:
    """Révoquer une clé d'émission ; la prochaine liste des caisses le dira."""
    opened: State = vault.open_state(folder)
    limit = None if before is None else civil.start_of(before.date())
    withdrawal.revoke_key(opened, kid.lower(), system_clock.now(), before=limit)
    opened.close()
    click.echo(text("issuer.done.revoked", "fr"))


def _show(made: IssuingKeyRecord) -> None:
    click.echo(f"{made.kid}  {made.name}")
