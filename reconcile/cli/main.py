"""`cje reconcile`: all tills' journals in one place, on the operator's machine or in CI."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from cje import system_clock
from cje.progress import Progress
from reconcile.cli import figures
from reconcile.cli.options import CLOCK, PLACES, STORE, STORE_FOR_PROOF
from reconcile.cli.serve import serve
from reconcile.errors import FileRefused
from reconcile.printing import printing
from reconcile.printing.printing import say
from verifier.till.options import JSON, LANG
from verifier.till.printing import plain


@click.group()
def reconcile() -> None:
    """Rapprocher les journaux de toutes les caisses : doubles usages avec preuve, totaux, règlements.

    Le dossier --store garde les caisses connues et ce qui a été importé.

    Codes de sortie : 0 fait, 1 un fichier refusé, 2 mal demandé, 3 impossible.
    """


for _command in figures.COMMANDS:
    reconcile.add_command(_command)
reconcile.add_command(serve)


@reconcile.command()
@STORE
@JSON
@click.option("--root", "anchor", type=click.Path(path_type=Path), required=True, metavar="FICHIER")
def init(store: str, as_json: bool, anchor: Path) -> None:
    """Commencer un rapprochement. --root est la racine de confiance de l'opérateur (root.1.cbor)."""
    from cje.files import read_capped
    from reconcile.findings import reference_data as known
    from reconcile.rows.store import Store
    from voucher.caps import MAX_ROOT

    data = read_capped(anchor, MAX_ROOT)
    known.check_anchor(data)
    first = known.begin(Store.create(store), data)
    if as_json:
        click.echo(json.dumps({"store": store, "root": first.version, "operator": first.operator}))
    click.echo(say("fr", "done.init", place=store), err=True)


@reconcile.command()
@STORE
@JSON
@LANG
@PLACES
@click.pass_context
def learn(ctx: click.Context, store: str, as_json: bool, lang: str, places: tuple[str, ...]) -> None:
    """Garder ce à quoi les journaux sont comparés, après chaque publication.

    Les listes de confiance (public/trust), les racines, public/catalogue.json, keys.json du coffre, et le
    compte des bons émis.
    """
    from reconcile.errors import ReconcileError
    from reconcile.findings import reference_data as known
    from reconcile.rows import sources
    from reconcile.rows.store import Store

    opened, told = Store.open(store), []
    files = [(source.place, source.read()) for source in sources.find(places)]
    for place, data in sorted(files, key=lambda file: not known.is_root(file[1])):
        try:
            kind, which = known.learn(opened, place, data)
            told.append({"place": place, "kind": kind, "which": which, "refused": None})
            if not as_json:
                click.echo(say(lang, f"learned.{kind}", which=which))
        except ReconcileError as refusal:
            told.append({"place": place, "kind": None, "which": None, "refused": refusal.code})
            click.echo(plain(refusal.said(lang)), err=True)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    ctx.exit(1 if any(one["refused"] for one in told) else 0)


@reconcile.command()
@STORE
@JSON
def tills(store: str, as_json: bool) -> None:
    """Montrer les caisses connues, avec leur empreinte."""
    from reconcile.rows.store import Store

    known = Store.open(store).tills().values()
    if as_json:
        click.echo(json.dumps([printing.till_json(till) for till in known], ensure_ascii=False))
    else:
        for till in known:
            click.echo(printing.till_line(till, "fr"))


@reconcile.command()
@STORE
@click.option("--territory", default="", metavar="95", help="Département ou commune (INSEE) du magasin.")
@click.option("--yes", is_flag=True, help="Ne pas demander : l'empreinte a été comparée.")
@JSON
@click.argument("export", metavar="EXPORT")
@click.pass_context
def accept(ctx: click.Context, store: str, territory: str, yes: bool, as_json: bool, export: str) -> None:
    """Connaître une caisse, après avoir comparé son empreinte avec son écran.

    EXPORT est n'importe quel export de cette caisse.
    """
    from reconcile.importing import accepting
    from reconcile.rows import sources
    from reconcile.rows.store import Store
    from verifier.till.key import fingerprint

    opened = Store.open(store)
    (source,) = list(sources.find([export]))
    till = accepting.till_of(source.read(), territory)
    told = {**printing.till_json(till), "fingerprint": fingerprint(till.key)}

    def tell(sentence: str, *, accepted: bool) -> None:
        if as_json:
            sentence = json.dumps({**told, "accepted": accepted}, ensure_ascii=False)
        if sentence:
            click.echo(sentence)

    if till.key in opened.tills():
        tell(say("fr", "done.known_already", till=till.name), accepted=True)
        return
    facts = {"till": till.name, "partner": till.partner, "fingerprint": fingerprint(till.key)}
    if not yes:
        click.echo(say("fr", "ask.accept", **facts), err=True)
        if not sys.stdin.isatty() or not click.confirm(say("fr", "ask.same"), err=True):
            tell("", accepted=False)
            ctx.exit(3)
    opened.add_till(till)
    tell(say("fr", "done.accepted", **facts), accepted=True)


@reconcile.command("import")
@STORE
@JSON
@LANG
@click.option("--processes", type=click.IntRange(1, 64), metavar="N", help="Combien de processus à la fois.")
@PLACES
@click.pass_context
def import_(
    ctx: click.Context, store: str, as_json: bool, lang: str, processes: int | None, places: tuple[str, ...]
) -> None:
    """Importer des exports de caisses : fichiers, dossiers, adresses (s3://…, sftp://…).

    La signature, la chaîne et la suite des lignes sont vérifiées. Importer deux fois ne change rien. Un
    fichier refusé est dit, les autres comptent, et le code de sortie est 1.
    """
    from reconcile.importing.importing import import_exports
    from reconcile.rows.sources import find
    from reconcile.rows.store import Store

    opened = Store.open(store)
    with Progress(say(lang, "progress.import"), quiet=as_json) as progress:
        done = import_exports(opened, find(places), processes=processes, progress=progress)
    if as_json:
        click.echo(json.dumps(printing.imported_json(done, lang), ensure_ascii=False))
    else:
        for line in printing.imported_lines(done, lang):
            click.echo(line, err=line.startswith("✗"))
    ctx.exit(1 if done.refused else 0)


@reconcile.command()
@STORE
@JSON
@LANG
@CLOCK
@click.option("--html", type=click.Path(path_type=Path), metavar="FICHIER", help="Écrire aussi une page.")
def report(store: str, as_json: bool, lang: str, clock: int | None, html: Path | None) -> None:
    """Dire ce qui a été trouvé et comment vont les caisses."""
    from reconcile.findings import report as reporting
    from reconcile.rows.store import Store

    made = reporting.make(Store.open(store), system_clock.now() if clock is None else clock)
    if html is not None:
        from cje.files import Disk
        from reconcile.printing.report_page import page

        Disk().create(html, page(made, lang))
    if as_json:
        click.echo(json.dumps(printing.report_json(made, lang), ensure_ascii=False))
    else:
        for line in printing.report_lines(made, lang):
            click.echo(line)


@reconcile.command()
@STORE_FOR_PROOF
@click.option("--out", type=click.Path(path_type=Path), metavar="FICHIER", help="Où écrire la preuve.")
@click.option(
    "--with-exports", is_flag=True, help="Joindre les journaux signés, où d'autres usages se lisent."
)
@click.option(
    "--exports", "elsewhere", multiple=True, metavar="DOSSIER", help="Où sont les exports maintenant."
)
@click.option(
    "--check", "proof", type=click.Path(path_type=Path), metavar="FICHIER", help="Vérifier une preuve."
)
@click.option(
    "--root", "anchor", type=click.Path(path_type=Path), metavar="FICHIER", help="La racine, avec --check."
)
@JSON
@click.argument("finding", metavar="[TROUVAILLE]", required=False)
@click.pass_context
def prove(
    ctx: click.Context,
    store: str | None,
    out: Path | None,
    with_exports: bool,
    elsewhere: tuple[str, ...],
    proof: Path | None,
    anchor: Path | None,
    as_json: bool,
    finding: str | None,
) -> None:
    """Écrire la preuve d'une trouvaille du rapport et la vérifier ; --check vérifie une preuve seule.

    La preuve d'un double usage montre les deux présentations, signées par le téléphone et par l'émetteur.
    """
    from cje.files import Disk, read_capped
    from reconcile.findings import proof as proofs
    from reconcile.findings import report as reporting
    from reconcile.rows.store import Store
    from voucher.caps import MAX_ROOT

    if (proof is None) == (finding is None) or (finding and not (store and out)):
        raise click.UsageError("Donnez --store, --out et une trouvaille, ou --check et une preuve.", ctx)
    root = read_capped(anchor, MAX_ROOT) if anchor else None
    if proof is not None:
        verified = proofs.check(read_capped(proof, proofs.MAX_PROOF), root)
    else:
        assert store is not None and out is not None
        opened = Store.open(store)
        made = reporting.make(opened, system_clock.now())
        wanted = next((found for found in made.findings if found.id == finding), None)
        if wanted is None:
            raise FileRefused("finding_unknown", id=finding)
        data = proofs.write(
            opened, wanted, made.by_number, made.known, elsewhere=elsewhere, with_exports=with_exports
        )
        verified = proofs.check(data)
        Disk().create(out, data)
    if as_json:
        click.echo(json.dumps({**asdict(verified), "kind": str(verified.kind)}))
        return
    click.echo(say("fr", f"kind.{verified.kind}", count=1) + ".")
    click.echo(say("fr", "proved.rows", count=verified.uses))
    click.echo(say("fr", "proved.tills" if verified.tills else "proved.no_tills"))
    click.echo(say("fr", "proved.root", digest=verified.root))


@reconcile.command()
@STORE
@CLOCK
@JSON
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="JSON", help="Le fichier à relire."
)
def propose(store: str, clock: int | None, as_json: bool, out: Path) -> None:
    """Proposer des révocations : un fichier qu'une personne relit, puis « cje issuer revoke --proposed ».

    Chaque bon y est avec sa raison et « agreed: false » ; seuls ceux où quelqu'un écrit true sont révoqués.
    """
    from cje.files import Disk
    from reconcile.findings import proposal
    from reconcile.findings import report as reporting
    from reconcile.rows.store import Store

    now = system_clock.now() if clock is None else clock
    made = reporting.make(Store.open(store), now)
    data = proposal.propose(made.findings, now)
    Disk().create(out, data)
    count = len(json.loads(data)["vouchers"])
    if as_json:
        click.echo(json.dumps({"path": str(out), "vouchers": count}))
    else:
        click.echo(say("fr", "done.proposed", count=count, path=str(out)))
