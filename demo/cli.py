"""`cje demo`: everything at once, for a newcomer."""

from __future__ import annotations

import contextlib
import json
import tempfile
import threading
import time
from pathlib import Path

import click

from demo import trial, world
from demo.world import World

_PACKAGED = Path(__file__).parent / "content"
_CHECKOUT = Path(__file__).parent.parent / "content"
_FOLDER = click.Path(path_type=Path)


@click.command()
@click.option("--check", is_flag=True, help="Tout essayer jusqu'au dernier verdict, puis s'arrêter.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port ; 0 (défaut) en prend un libre.")
@click.option("--content", type=_FOLDER, help="Dossier des offres ; par défaut, celles de la démonstration.")
@click.option("--keep", type=_FOLDER, help="Dossier nouveau où tout garder ; par défaut, rien ne reste.")
@click.option("--json", "as_json", is_flag=True, help="Une ligne de JSON au lieu du texte.")
def demo(check: bool, port: int, content: Path | None, keep: Path | None, as_json: bool) -> None:
    """Tout essayer en une minute, dans un dossier temporaire.

    Construit le site, crée des clés de démonstration, signe des bons, puis sert le site, la carte et la
    caisse sur cette machine, jusqu'à Ctrl-C.
    """
    say = _silent if as_json else _say
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cje-demo-")))
        if keep and keep.exists() and any(keep.iterdir()):
            raise click.UsageError(
                f"« {keep} » existe déjà et n'est pas vide : choisissez un dossier nouveau."
            )
        folder.mkdir(parents=True, exist_ok=True)
        made = world.make(content or _content(), folder, now=int(time.time()), port=port, say=say)
        stack.callback(made.state.close)
        stack.enter_context(made.server)
        if check:
            _check(made, say)
        _tell(made, check, as_json)
        if not check:
            with contextlib.suppress(KeyboardInterrupt):
                made.server.serve_forever()


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
