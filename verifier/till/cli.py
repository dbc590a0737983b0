"""`cje verify` and `cje till`: the decisions of the page, on a computer, in a script, at a point of sale."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from pathlib import Path

import click

from cje import system_clock
from cje.files import read_capped
from verifier.errors import BadInput
from verifier.till import printing
from verifier.till.default_folder import folder_of
from verifier.till.journal_commands import COMMANDS
from verifier.till.options import FILE, FOLDER, JSON, LANG
from verifier.till.printing import say
from verifier.till.till import Receipt, Till, make_till
from verifier.till.trust_files import install, read_input, read_pairing
from verifier.trust_store import Outcome
from verifier.views import TillProfile
from voucher.caps import MAX_ROOT, MAX_TEXT


@click.command()
@FOLDER
@JSON
@LANG
@click.option(
    "--challenge",
    metavar="NNNN",
    help="Les quatre chiffres affichés par la caisse et tapés sur le téléphone.",
)
@click.option("--confirmed", is_flag=True, help="Accepter un bon « à vérifier », après avoir vérifié.")
@click.option("--amount", metavar="EUROS", help="Montant de l'achat, par exemple 12,50.")
@click.option("--check", is_flag=True, help="Dire le verdict sans rien écrire au journal.")
@click.option("--keep", is_flag=True, help="Écrire aussi un refus au journal.")
@click.option("--image", type=FILE, metavar="FICHIER", help="Lire le QR code d'une photo.")
@click.argument("text", metavar="TEXTE|-", required=False)
@click.pass_context
def verify(
    ctx: click.Context,
    folder: Path | None,
    as_json: bool,
    lang: str,
    challenge: str | None,
    confirmed: bool,
    amount: str | None,
    check: bool,
    keep: bool,
    image: Path | None,
    text: str | None,
) -> None:
    """Vérifier un bon, sans réseau, et l'écrire au journal s'il est accepté.

    TEXTE est ce que le lecteur a scanné, ou les douze caractères que la personne dicte ; - le lit sur
    l'entrée standard.

    Codes de sortie : 0 accepté et écrit, 1 refusé, 2 mal demandé, 3 rien n'est décidé (caisse à régler, bon
    à vérifier sans --confirmed).
    """
    digits, cents = _digits(challenge), _cents(amount)
    if (text is None) == (image is None):
        raise click.UsageError(say(lang, "input.text_or_image"), ctx)
    scanned = _scanned(text, image)
    with Till.open(folder_of(folder)) as till:
        if check:
            receipt = Receipt(till.check(scanned, digits))
        else:
            receipt = till.accept(scanned, confirmed=confirmed, amount=cents, challenge=digits)
        if keep and not receipt.green and not check:
            till.keep_refusal(scanned)
    if as_json:
        click.echo(json.dumps(printing.receipt_json(receipt, lang), ensure_ascii=False))
    else:
        for line in printing.receipt_lines(receipt, lang):
            click.echo(line)
    ctx.exit(printing.exit_code(receipt))


@click.group()
def till() -> None:
    """Régler une caisse, lire et exporter son journal.

    Le dossier de la caisse est celui de --till, sinon de la variable CJE_TILL, sinon celui de l'ordinateur.
    """


for _command in COMMANDS:
    till.add_command(_command)


@till.command()
@click.option(
    "--partner", required=True, metavar="NOM-COURT", help="Le commerce, comme dans sa liste de confiance."
)
@click.option(
    "--name", required=True, metavar="NOM", help="Le nom de cette caisse, par exemple « Guichet 1 »."
)
@click.option(
    "--root", required=True, type=FILE, metavar="FICHIER", help="La racine de confiance de l'opérateur."
)
@click.option("--trust", type=FILE, metavar="FICHIER", help="La liste de confiance du commerce.")
@click.option(
    "--demo", is_flag=True, help="Une caisse pour essayer, qui ne prend que des fichiers de démonstration."
)
@click.option(
    "--journal",
    "url",
    metavar="ADRESSE",
    help="Le journal commun des caisses du magasin : postgresql://… (sinon un fichier de ce dossier).",
)
@click.option(
    "--pairing",
    "pairing_file",
    type=FILE,
    metavar="FICHIER|-",
    help="L'appairage remis par l'organisme, pour les codes tapés.",
)
@click.argument("directory", metavar="[DOSSIER]", required=False, type=click.Path(path_type=Path))
@click.pass_context
def init(
    ctx: click.Context,
    partner: str,
    name: str,
    root: Path,
    trust: Path | None,
    demo: bool,
    url: str | None,
    pairing_file: Path | None,
    directory: Path | None,
) -> None:
    """Créer une caisse dans un dossier neuf."""
    path = folder_of(directory)
    first = read_input(trust) if trust else None
    profile = TillProfile(partner, name, demo)
    paired = read_pairing(pairing_file) if pairing_file else None
    outcome = make_till(path, profile, read_capped(root, MAX_ROOT), first, system_clock.now(), url, paired)
    if outcome is not Outcome.INSTALLED:
        click.echo(say("fr", f"outcome.{outcome}"), err=True)
        ctx.exit(1)
    click.echo(say("fr", "merge.created", path=str(path)))


@till.command()
@FOLDER
@click.argument("files", metavar="FICHIER…", nargs=-1, required=True, type=FILE)
@click.pass_context
def update(ctx: click.Context, folder: Path | None, files: tuple[Path, ...]) -> None:
    """Installer une liste de confiance, des racines, ou les images QR d'une affiche (une par ligne)."""
    read = [(path, read_input(path)) for path in files]
    refused = False
    with Till.open(folder_of(folder)) as opened:
        for path, outcome in install(opened, read):
            refused |= outcome not in (Outcome.INSTALLED, Outcome.ALREADY)
            click.echo(f"{printing.plain(str(path))} : {say('fr', f'outcome.{outcome}')}")
    ctx.exit(1 if refused else 0)


@till.command()
@FOLDER
@click.argument("file", metavar="FICHIER|-", type=FILE)
def pair(folder: Path | None, file: Path) -> None:
    """Prendre l'appairage remis par l'organisme : la caisse sait alors vérifier les codes tapés.

    FICHIER contient le texte CJS1:… ; - le lit sur l'entrée standard. C'est un secret : il n'est ni affiché,
    ni pris en argument.
    """
    text = read_pairing(file)
    with Till.open(folder_of(folder)) as opened:
        opened.pair(text)
    click.echo(say("fr", "pair.done"))


@till.command()
@FOLDER
@JSON
@LANG
@click.pass_context
def status(ctx: click.Context, folder: Path | None, as_json: bool, lang: str) -> None:
    """Dire comment va la caisse : liste, âge, journal, horloge. Code 3 si elle ne peut rien décider."""
    with Till.open(folder_of(folder)) as opened:
        found = opened.status()
    if as_json:
        click.echo(json.dumps(printing.status_json(found), ensure_ascii=False))
    else:
        for line in printing.status_lines(found, lang):
            click.echo(line)
    ctx.exit(0 if found.ready else 3)


@till.command()
@FOLDER
@JSON
@LANG
def watch(folder: Path | None, as_json: bool, lang: str) -> None:
    """Décider ligne après ligne, pour un lecteur de codes branché sur l'ordinateur.

    Chaque ligne lue est un code, scanné ou tapé. Une ligne « oui » accepte le dernier bon « à vérifier », une
    ligne « annuler RAISON » reprend le dernier bon accepté.
    """
    from verifier.till.scan_stream import watch_lines

    with Till.open(folder_of(folder)) as opened:
        for lines in watch_lines(opened, sys.stdin.buffer, lang, as_json=as_json):
            click.echo(lines)
            sys.stdout.flush()


@till.command()
@FOLDER
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Port local (0 : un port libre).")
@click.option(
    "--token",
    "token_file",
    type=FILE,
    metavar="FICHIER",
    help="Fichier du jeton (sinon un jeton neuf est affiché).",
)
def serve(folder: Path | None, port: int, token_file: Path | None) -> None:
    """Ouvrir la caisse sur cet ordinateur seulement : une page pour un lecteur de codes, et du JSON pour une
    caisse écrite dans un autre langage.
    """
    from verifier.till.http_api import Endpoint, new_token, read_token

    token = read_token(token_file) if token_file else new_token()
    stopped = contextlib.suppress(KeyboardInterrupt)
    with stopped, Till.open(folder_of(folder)) as opened, Endpoint(opened, token, port) as endpoint:
        click.echo(f"http://127.0.0.1:{endpoint.port}/")
        if token_file is None:
            click.echo(say("fr", "serve.token", token=token))
            # The page's address carries the token in its fragment, which a browser sends to nobody.
            click.echo(say("fr", "serve.page", page=f"http://127.0.0.1:{endpoint.port}/#{token}"))
        sys.stdout.flush()
        endpoint.serve_forever()


def _scanned(text: str | None, image: Path | None) -> str:
    """Return what was scanned; from stdin one line, of which only its line ending is taken away."""
    if image is not None:
        from verifier.till.image import read_text

        return read_text(image)
    if text != "-":
        return text or ""
    # Four bytes a character at most; anything longer is not ours and need not be read.
    data = sys.stdin.buffer.read(4 * MAX_TEXT + 3)
    return re.sub("\r?\n$", "", data.decode("utf-8", errors="replace"), count=1)


def _digits(challenge: str | None) -> int | None:
    if challenge is None:
        return None
    if not re.fullmatch("[0-9]{4}", challenge):
        raise BadInput("digits")
    return int(challenge)


def _cents(amount: str | None) -> int | None:
    """Read euros as people write them; ASCII digits only."""
    if amount is None:
        return None
    match = re.fullmatch(r"([0-9]{1,6})(?:[.,]([0-9]{1,2}))?", amount.strip())
    if match is None:
        raise BadInput("amount")
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
