"""`cje demo`: everything at once, for a newcomer."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import click

from cje import system_clock
from cje.demo import trial, world
from cje.demo.world import World
from voucher import civil

_PACKAGED = Path(__file__).parent / "content"
_CHECKOUT = Path(__file__).parents[2] / "content"
_FOLDER = click.Path(path_type=Path)


def _share(ctx: click.Context, option: click.Parameter, value: str) -> float:
    """Read a share: 0.5% or 0.005."""
    match = re.fullmatch(r"([0-9]{1,3}(?:[.,][0-9]{1,6})?) ?(%?)", value)
    share = float(match[1].replace(",", ".")) / (100 if match[2] else 1) if match else -1.0
    if not 0 <= share <= 0.5:
        raise click.BadParameter("une part de 0% à 50% est attendue", ctx, option)
    return share


@click.command()
@click.option("--check", is_flag=True, help="Tout essayer jusqu'au dernier verdict, puis s'arrêter.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port ; 0 (défaut) en prend un libre.")
@click.option("--content", type=_FOLDER, help="Dossier des offres ; par défaut, celles de la démonstration.")
@click.option(
    "--figures/--no-figures",
    default=True,
    help="Des mois de chiffres inventés sur /statistiques/ (défaut : oui).",
)
@click.option("--keep", type=_FOLDER, help="Dossier nouveau où tout garder ; par défaut, rien ne reste.")
@click.option("--json", "as_json", is_flag=True, help="Une ligne de JSON au lieu du texte.")
@click.option(
    "--tills",
    type=click.IntRange(2, 100_000),
    metavar="N",
    help="Simuler une ville de N caisses, dans --keep.",
)
@click.option("--people", type=click.IntRange(1), default=20_000, metavar="N", help="Ses habitants.")
@click.option("--weeks", type=click.IntRange(1, 30), default=8, metavar="N", help="Ses semaines de journaux.")
@click.option(
    "--fraud", default="0.5%", callback=_share, metavar="0.5%", help="La part des usages à truquer."
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, metavar="N", help="La même graine, les mêmes octets."
)
def demo(
    check: bool,
    port: int,
    content: Path | None,
    figures: bool,
    keep: Path | None,
    as_json: bool,
    tills: int | None,
    people: int,
    weeks: int,
    fraud: float,
    seed: int,
) -> None:
    """Tout essayer en une minute, dans un dossier temporaire.

    Construit le site, crée des clés de démonstration, signe des bons, puis sert le site, la carte et la
    caisse sur cette machine, jusqu'à Ctrl-C.

    Avec --tills : écrit dans --keep les journaux signés d'une ville inventée, des fautes cachées dedans et
    leur liste (planted.json), à rapprocher avec « cje reconcile ».
    """
    if tills is not None:
        _simulate(tills, people, weeks, fraud, seed, keep, as_json=as_json)
        return
    say = _silent if as_json else _say
    with contextlib.ExitStack() as stack:
        folder = keep or _temporary(stack)
        if keep and keep.exists() and any(keep.iterdir()):
            raise click.UsageError(
                f"« {keep} » existe déjà et n'est pas vide : choisissez un dossier nouveau."
            )
        made = world.make(
            content or _content(), folder, now=system_clock.now(), port=port, say=say, figures=figures
        )
        stack.callback(made.state.close)
        stack.enter_context(made.server)
        if check:
            _check(made, say)
        _tell(made, check, as_json)
        if not check:
            with contextlib.suppress(KeyboardInterrupt):
                made.server.serve_forever()


def _temporary(stack: contextlib.ExitStack) -> Path:
    """Name a folder that goes with the stack: its removal is promised before it is there."""
    folder = Path(tempfile.gettempdir()) / f"cje-demo-{secrets.token_hex(8)}"
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _simulate(
    tills: int, people: int, weeks: int, fraud: float, seed: int, keep: Path | None, *, as_json: bool
) -> None:
    """Write the journals of an invented town: everybody uses something once a week."""
    from cje.demo.town import build

    if keep is None or (keep.exists() and any(keep.iterdir())):
        raise click.UsageError("Donnez avec --keep un dossier nouveau, où écrire les journaux.")
    first = civil.day_of(system_clock.now()) - timedelta(weeks=weeks)
    parts = tuple((week + 1) / weeks for week in range(weeks))
    plan = build.Town(seed, tills, people, weeks, people * weeks, fraud, first, parts)
    made = build.build(plan, keep, processes=os.cpu_count() or 1)
    if as_json:
        click.echo(json.dumps({key: made[key] for key in ("rows", "files", "end")}))
        return
    click.echo(
        f"""
  {made["rows"]} lignes de {tills} caisses en {made["files"]} exports, {len(made["findings"])} fautes cachées.

  cje reconcile init   --store {keep}/store --root {keep}/root.1.cbor
  cp {keep}/tills.toml {keep}/store/tills.toml
  cje reconcile learn  --store {keep}/store {keep}/known
  cje reconcile import --store {keep}/store {keep}/exports
  cje reconcile report --store {keep}/store --clock {made["end"]}
  cje reconcile serve  --store {keep}/store
"""
    )


def _check(made: World, say: world.Say) -> None:
    serving = threading.Thread(target=made.server.serve_forever, daemon=True)
    serving.start()
    trial.run(made, say)
    serving.join()


def _tell(made: World, checked: bool, as_json: bool) -> None:
    """Print the three addresses, where a program reads them too."""
    if as_json:
        told = {"site": made.site, "wallet": made.wallet, "till": made.till, "checked": checked}
        click.echo(json.dumps({**told, "cards": [card.link for card in made.cards]}))
        return
    if checked:
        click.echo("Tout est comme promis.")
        return
    click.echo(
        f"""
  Le site     {made.site}
  La carte    {made.wallet}
  La caisse   {made.till}

Ouvrez la carte et la caisse, arrêtez ce programme avec Ctrl-C : elles continuent de marcher.
"""
    )


def _content() -> Path:
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def _say(sentence: str) -> None:
    click.echo(f"  ✓ {sentence}", err=True)


def _silent(sentence: str) -> None:
    pass
