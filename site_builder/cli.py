"""`cje site`: build, serve, check, configure a web server."""

from __future__ import annotations

import contextlib
import gc
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cje import system_clock
from cje.locales import LANGUAGES, text
from cje.machine.file_stamp import StampCheck
from cje.machine.gc_pause import collector_paused
from cje.machine.process_pool import count_processors
from cje.progress import Progress
from site_builder.files.policy import SERVERS, WebServer
from site_builder.rebuild.prefetch import Looks, look_ahead

if TYPE_CHECKING:
    from catalogue import Catalogue
    from site_builder.build import BuildReport
    from site_builder.files.trust_anchor import TrustAnchor
    from site_builder.preview.watch import Watch

__all__ = ["site"]

# A process comes to hold a copy of all that it looks at: 100,000 offers take 1.2 GB in three, a third in one.
SHARED_UP_TO = 30_000
_FOLDER = click.Path(path_type=Path)


@click.group()
def site() -> None:
    """Construire, servir et vérifier le site."""


@site.command("build")
@click.option(
    "--content", type=_FOLDER, default=Path("content"), show_default=True, help="Dossier du contenu."
)
@click.option("--out", type=_FOLDER, default=Path("public"), show_default=True, help="Dossier du site.")
@click.option(
    "--trust", type=_FOLDER, help="Dossier des fichiers de confiance (root.N.cbor) ; sans lui, pas de caisse."
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Jour des offres, AAAA-MM-JJ.  [défaut : aujourd'hui à Paris]",
)
@click.option(
    "--base-path", default="/", show_default=True, help="Chemin du site sur son hôte, pour la page 404."
)
@click.option(
    "--statistics",
    "figures",
    type=_FOLDER,
    help="Dossier des chiffres publiés.  [défaut : statistics/ dans le dossier du contenu]",
)
@click.option(
    "--no-offline",
    is_flag=True,
    help="Retirer le site, la carte et la caisse du cache des navigateurs : en cas de version défectueuse.",
)
@click.option(
    "--precompress",
    is_flag=True,
    help="Écrire aussi chaque fichier compressé (.gz, et .br quand le paquet brotli est installé), pour un "
    "serveur qui l'envoie tel quel.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processus au travail.  [défaut : tous les processeurs]")
@click.option("--no-cache", is_flag=True, help="Tout relire et tout refaire : même résultat, plus lentement.")
@click.option("--json", "as_json", is_flag=True, help="Rendre le résultat en JSON.")
def build_command(
    content: Path,
    out: Path,
    trust: Path | None,
    day: datetime | None,
    base_path: str,
    figures: Path | None,
    no_offline: bool,
    precompress: bool,
    jobs: int | None,
    no_cache: bool,
    as_json: bool,
) -> None:
    """Construire le site dans un dossier.

    Seules les pages qui dépendent de ce qui a changé sont refaites ; --no-cache refait tout.

    Seuls les fichiers écrits par ce constructeur sont remplacés ou retirés ; w/ et trust/ restent intacts.
    """
    # First of all: what follows takes as long to import as that takes.
    looks = Looks if no_cache else look_ahead(content, out)

    with collector_paused():
        from site_builder.build import build
        from site_builder.files.precompression import packings
        from site_builder.pages.statistics import read_statistics
        from site_builder.rebuild.cache import Remembered

        seen = looks()
        anchor = _anchor(trust) if trust else None
        chosen = day.date() if day else system_clock.today()
        catalogue = _catalogue(content, no_cache, jobs or count_processors(), seen.offers)
        published = read_statistics(figures or content / "statistics")
        report = build(
            catalogue,
            out,
            day=chosen,
            trust=anchor,
            base_path=_slashed(base_path),
            statistics=published,
            offline=not no_offline,
            precompress=packings() if precompress else (),
            progress=_Bars(),
            remembered=None if no_cache else Remembered.of(content, out, seen.site),
            jobs=jobs or (count_processors() if len(catalogue.offers) <= SHARED_UP_TO else 1),
        )
    # None of it is garbage: at its exit Python would go through all of it, for a fifth of a rebuild's time.
    gc.freeze()
    if as_json:
        click.echo(json.dumps(_as_tree(report), ensure_ascii=False))
        return
    for path in report.written.kept:
        click.echo(text("site.cli.kept", path=path), err=True)
    click.echo(
        text(
            "site.cli.built",
            count=report.pages,
            out=out,
            written=len(report.written.written),
            unchanged=report.written.unchanged,
            deleted=len(report.written.deleted),
        )
    )


@site.command()
@click.option("--out", type=_FOLDER, default=Path("public"), show_default=True, help="Dossier du site.")
@click.option("--port", type=int, default=0, show_default=True, help="Port ; 0 prend un port libre.")
@click.option("--watch", is_flag=True, help="Reconstruire à chaque changement, recharger la page.")
@click.option(
    "--content", type=_FOLDER, default=Path("content"), show_default=True, help="Contenu suivi par --watch."
)
def serve(out: Path, port: int, watch: bool, content: Path) -> None:
    """Servir le site sur cette machine seulement, avec ses vrais en-têtes."""
    from site_builder.preview.serve import open_server

    with contextlib.ExitStack() as stack:
        watched = stack.enter_context(_watched(content, out)) if watch else None
        server = stack.enter_context(open_server(out, port, watched))
        stack.enter_context(contextlib.suppress(KeyboardInterrupt))
        click.echo(text("site.cli.serving", url=server.url))
        server.serve_forever()


def _watched(content: Path, out: Path) -> Watch:
    """The site built now, and again after each change of the content."""
    from site_builder.build import build
    from site_builder.pages.statistics import read_statistics
    from site_builder.preview.watch import Watch
    from site_builder.rebuild.cache import Remembered

    def again() -> None:
        report = build(
            _catalogue(content, False, 1),
            out,
            day=system_clock.today(),
            statistics=read_statistics(content / "statistics"),
            remembered=Remembered.of(content, out),
        )
        click.echo(text("site.cli.rebuilt", count=len(report.written.written)), err=True)

    again()
    return Watch(content, again, lambda error: click.echo(getattr(error, "sentence", str(error)), err=True))


@site.command()
@click.option("--out", type=_FOLDER, default=Path("public"), show_default=True, help="Dossier du site.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="fr", help="Langue des phrases.")
@click.option("--json", "as_json", is_flag=True, help="Rendre le résultat en JSON.")
@click.pass_context
def check(ctx: click.Context, out: Path, lang: str, as_json: bool) -> None:
    """Vérifier liens, HTML, poids, origines et en-têtes d'un site construit.

    Chaque défaut est dit avec sa page et sa ligne.
    """
    from site_builder.preview.check import check_site

    pages, findings = check_site(out)
    if as_json:
        found = [
            {"path": one.path, "line": one.line or None, "sentence": one.sentence(lang)} for one in findings
        ]
        click.echo(json.dumps({"pages": pages, "findings": found}, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.place}: {finding.sentence(lang)}")
        if not findings:
            click.echo(text("site.cli.checked", lang, count=pages))
    ctx.exit(1 if findings else 0)


@site.command()
@click.option("--out", type=_FOLDER, default=Path("public"), show_default=True, help="Dossier du site.")
@click.option("--base-path", default="/", show_default=True, help="Chemin du site sur son hôte.")
@click.argument("server", type=click.Choice(SERVERS))
def config(out: Path, base_path: str, server: WebServer) -> None:
    """Écrire les réglages d'un serveur nginx ou Apache pour un site construit.

    Types, compression et en-têtes de sécurité : à inclure là où le serveur nomme le dossier du site.
    """
    from site_builder.preview.web_servers import server_config

    click.echo(server_config(server, out, base_path=_slashed(base_path)), nl=False)


def _anchor(folder: Path) -> TrustAnchor | None:
    from site_builder.files.trust_anchor import read_trust_anchor

    return read_trust_anchor(folder)


def _catalogue(content: Path, whole: bool, jobs: int, look: StampCheck | None = None) -> Catalogue:
    from catalogue import OfferCache, read_catalogue, read_lazy_catalogue

    if whole:
        return read_catalogue(content)
    return read_lazy_catalogue(content, OfferCache.for_building(content, look), jobs=jobs)


def _slashed(path: str) -> str:
    return f"/{path.strip('/')}/" if path.strip("/") else "/"


def _as_tree(report: BuildReport) -> dict[str, object]:
    return {
        "pages": report.pages,
        "files": len(report.files),
        "written": list(report.written.written),
        "unchanged": report.written.unchanged,
        "deleted": list(report.written.deleted),
        "kept": list(report.written.kept),
        "trust": report.has_trust,
    }


class _Bars:
    """One progress bar for each kind of work of a build."""

    def __init__(self) -> None:
        self._bars: dict[str, Progress] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        if what not in self._bars:
            self._bars[what] = Progress(what)
        self._bars[what](done, total)
