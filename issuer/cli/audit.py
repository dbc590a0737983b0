"""`cje issuer audit`: whether the log of decisions is whole, and where it stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from cje.locales import text
from issuer.cli.options import JSON, PASSPHRASE, STATE
from issuer.errors import AuditBroken
from issuer.keys import passphrase
from issuer.register import audit, audit_seal, grants, vault


@click.command("audit")
@STATE
@click.option("--witness", metavar="N:HACHE", help="Une fin du journal que vous aviez notée.")
@click.option("--signatures", is_flag=True, help="Vérifier aussi ses signatures ; demande la phrase secrète.")
@click.option("--list", "show", is_flag=True, help="Montrer chaque ligne.")
@PASSPHRASE
@JSON
def audit_log(
    folder: Path, witness: str | None, signatures: bool, show: bool, descriptor: int | None, as_json: bool
) -> None:
    """Vérifier que rien n'a été modifié dans le journal des décisions, et dire où il en est."""
    kept = None if witness is None else audit.Checkpoint.parse(witness)
    if witness is not None and kept is None:
        raise click.BadParameter("un témoin s'écrit NOMBRE:HACHE", param_hint="--witness")
    opened = vault.open_state(folder)
    secret = opened.campaign_secret(passphrase.ask(descriptor)) if signatures else None
    signed = None
    with opened.register.reading() as connection:
        rows = list(audit.read(connection))
        head = audit.verify(rows, opened.identity, kept)
        if (total := audit.last_total(rows)) is not None and total != grants.recount(connection):
            raise AuditBroken("audit_grants")
        if secret is not None:
            signed = audit_seal.verify(connection, rows, secret)
    opened.close()
    if as_json:
        click.echo(json.dumps({"rows": head.number, "head": str(head), "signed": signed}))
        return
    for row in rows if show else ():
        moment = datetime.fromtimestamp(row.at, UTC).isoformat()
        click.echo(f"{row.number}\t{moment}\t{row.kind}\t{row.detail}")
    if signed is not None:
        click.echo(text("issuer.done.signed", "fr", row=signed, total=head.number))
    click.echo(text("issuer.done.audit", "fr", head=head))
