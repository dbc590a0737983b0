"""`cje reconcile totals | settle | publish`: what was used and saved, for operator, partners and public."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cje import system_clock
from reconcile.cli.options import MONTH, STORE
from reconcile.printing.printing import say
from verifier.till.options import JSON, LANG


@click.command()
@STORE
@JSON
@LANG
@click.option("--month", callback=MONTH, metavar="2026-10", help="Un seul mois ; sinon tout.")
@click.option(
    "--by",
    "dimensions",
    multiple=True,
    type=click.Choice(["offer", "partner", "need", "programme", "territory", "week"]),
    help="Par offre, partenaire, besoin, parcours, territoire, semaine ; par défaut tout.",
)
def totals(store: str, as_json: bool, lang: str, month: str | None, dimensions: tuple[str, ...]) -> None:
    """Compter usages, bons différents, montants et remises ; et ce qui a été émis, activé, utilisé."""
    from reconcile.figures import figures, totals
    from reconcile.figures.totals import DIMENSIONS
    from reconcile.rows.store import Store

    with figures.open_figures(Store.open(store)) as opened:
        counted = totals.count(opened.counting(month))
    wanted = [dimension for dimension in DIMENSIONS if not dimensions or dimension in dimensions]
    if as_json:
        tree: dict[str, Any] = asdict(counted)
        tree["by"] = {dimension: tree["by"][dimension] for dimension in wanted}
        click.echo(
            json.dumps({"format": "cje-totals", "version": 1, "month": month, **tree}, ensure_ascii=False)
        )
        return
    for line in figures.lines(counted, wanted, lang):
        click.echo(line)


@click.command()
@STORE
@JSON
@click.option("--month", required=True, callback=MONTH, metavar="2026-10", help="Le mois.")
@click.option("--partner", required=True, metavar="NOM-COURT", help="Le partenaire.")
@click.option("--out", type=click.Path(path_type=Path), metavar="CSV", help="Le fichier à écrire.")
@click.option("--pdf", type=click.Path(path_type=Path), metavar="PDF", help="Le relevé à imprimer.")
@LANG
@click.pass_context
def settle(
    ctx: click.Context,
    store: str,
    as_json: bool,
    month: str,
    partner: str,
    out: Path | None,
    pdf: Path | None,
    lang: str,
) -> None:
    """Écrire le relevé d'un partenaire, qu'il peut refaire avec les exports de ses seules caisses."""
    from cje.files import Disk
    from reconcile.errors import FileRefused
    from reconcile.figures import figures
    from reconcile.figures.settlement import encode_csv
    from reconcile.rows.store import Store

    with figures.open_figures(Store.open(store)) as opened:
        if not any(till.partner == partner for till in opened.tills.values()):
            raise FileRefused("partner_unknown", partner=partner)
        made = opened.settlement(partner, month)
    if out is not None:
        Disk().create(out, encode_csv(made))
    if pdf is not None:
        from reconcile.figures import statement
        from reconcile.findings import reference_data

        Disk().create(pdf, statement.pdf(made, reference_data.operator(Store.open(store)), lang))
    for till, first, last in made.missing:
        click.echo(say("fr", "settle.missing", till=till, first=first, last=last), err=True)
    if as_json:
        click.echo(json.dumps({"format": "cje-settlement", "version": 1, **asdict(made)}, ensure_ascii=False))
    elif out is None and pdf is None:
        click.echo(encode_csv(made).decode("utf-8-sig"), nl=False)
    for path in () if as_json else filter(None, (out, pdf)):
        click.echo(say("fr", "settle.done", count=made.uses, path=str(path)))
    ctx.exit(1 if made.missing else 0)


@click.command()
@STORE
@JSON
@click.option("--month", required=True, callback=MONTH, metavar="2026-10", help="Le mois, fini.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("content/statistics"),
    show_default=True,
    metavar="DOSSIER",
    help="Où sont les publications.",
)
@click.option("--reason", metavar="CODE", help="Si le mois change : late_journals, correction, withdrawn.")
@click.option("--note", metavar="PHRASE", help="Pourquoi, en une phrase, publiée.")
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="Le jour de la publication ; par défaut aujourd'hui."
)
def publish(
    store: str,
    as_json: bool,
    month: str,
    out: Path,
    reason: str | None,
    note: str | None,
    day: Any | None,
) -> None:
    """Publier les chiffres d'un mois pour /statistiques/ : rien sous 5 personnes, rien changé en silence."""
    from reconcile.figures import figures
    from reconcile.figures.public import publication
    from reconcile.rows.store import Store
    from voucher.civil import day_of

    why = publication.reason_of(reason, note)
    with figures.open_figures(Store.open(store)) as opened:
        counted = opened.month(month)
    written = publication.publish(out, counted, day.date() if day else day_of(system_clock.now()), why)
    if as_json:
        click.echo(json.dumps({"month": month, "path": str(written) if written else None}))
        return
    click.echo(
        say("fr", "publish.done", path=str(written)) if written else say("fr", "publish.same", month=month)
    )


COMMANDS = (totals, settle, publish)
