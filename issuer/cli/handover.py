"""`cje issuer letters | links | show`: handing over what `issue` made. Nothing is decided here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import click

from catalogue import read_catalogue
from cje import system_clock
from cje.files import SECRET_MODE, Disk, refuse_existing
from cje.locales import LANGUAGES, text
from cje.progress import with_progress
from issuer.cards.engines import Engine, Processes
from issuer.cli.engine_options import ENGINE
from issuer.cli.options import BASE_URL, CONTENT, FILE, JSON, PASSPHRASE, STATE, tell
from issuer.errors import IssuerError
from issuer.handover import opening, screen, sending
from issuer.handover.opening import Missing, Opening, Porter
from issuer.handover.texting import text_of
from issuer.keys import passphrase
from issuer.register import vault
from issuer.register.vault import State

LANG: Final = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="fr", show_default=True, help="La langue de la personne."
)
PERSONS: Final = click.option(
    "--person",
    "persons",
    type=click.IntRange(1, 2**40),
    multiple=True,
    metavar="N",
    help="Une personne, plusieurs fois s'il le faut ; par défaut, toutes.",
)
PROGRAMME: Final = click.option("--programme", metavar="NOM", help="Seulement les personnes de ce parcours.")


@click.command("letters")
@STATE
@CONTENT
@PERSONS
@PROGRAMME
@LANG
@click.option(
    "--form",
    type=click.Choice(["letter", "sheet"]),
    default="letter",
    show_default=True,
    help="Une lettre par personne, ou des planches de dix cartes à découper.",
)
@BASE_URL
@ENGINE
@click.option("--out", type=FILE, required=True, metavar="DOSSIER", help="Un dossier nouveau, pour les PDF.")
@PASSPHRASE
@JSON
def letters_command(
    folder: Path,
    content: Path,
    persons: tuple[int, ...],
    programme: str | None,
    lang: str,
    form: str,
    base_url: str | None,
    engine: Engine,
    out: Path,
    descriptor: int | None,
    as_json: bool,
) -> None:
    """Faire les lettres ou les cartes à découper, en PDF accessible, avec le QR code de chacun."""
    from issuer.handover import letters  # the typesetter is loaded by what prints only

    refuse_existing(out)
    chosen_form = next(one for one in letters.FORMS if one == form)
    with _opened(folder, content, base_url, descriptor) as (opened, porter):
        look = letters.Look(opened.root.operator, lang)
        numbers = _numbers(opened, persons, programme)
        skipped: list[tuple[int, Missing]] = []

        def shards() -> Iterator[tuple[str, list[Opening]]]:
            for index, page in enumerate(_bar(opening.pages(numbers)), 1):
                found = _openings(opened, porter, page, skipped)
                if found:
                    yield f"{form}-{index:05d}.pdf", found

        if isinstance(engine, Processes):
            engine = replace(engine, fresh=True)
        files = engine.run(partial(letters.named, form=chosen_form, look=look), shards())
        count = Disk().create_folder_of(out, files)
    made = len(numbers) - len(skipped)
    if as_json:
        missing = [{"number": number, "reason": reason} for number, reason in skipped]
        click.echo(json.dumps({"people": made, "files": count, "skipped": missing}))
    else:
        click.echo(text("issuer.done.letters", "fr", count=made))
    _tell_skipped(skipped)


@click.command("links")
@STATE
@CONTENT
@PERSONS
@PROGRAMME
@LANG
@BASE_URL
@click.option("--out", type=FILE, required=True, metavar="CSV", help="La liste, lisible de vous seul.")
@PASSPHRASE
def links_command(
    folder: Path,
    content: Path,
    persons: tuple[int, ...],
    programme: str | None,
    lang: str,
    base_url: str | None,
    out: Path,
    descriptor: int | None,
) -> None:
    """Faire la liste pour un outil d'envoi : code, lien et SMS tout prêt de chaque personne."""
    refuse_existing(out)
    skipped: list[tuple[int, Missing]] = []
    with _opened(folder, content, base_url, descriptor) as (opened, porter):
        numbers = _numbers(opened, persons, programme)
        found = [
            one for page in _bar(opening.pages(numbers)) for one in _openings(opened, porter, page, skipped)
        ]
    Disk().create(out, sending.render(found, lang), SECRET_MODE)
    click.echo(text("issuer.done.links", "fr", count=len(found)))
    _tell_skipped(skipped)


@click.command("show")
@STATE
@CONTENT
@click.option("--person", type=click.IntRange(1, 2**40), required=True, metavar="N", help="Son numéro.")
@LANG
@BASE_URL
@PASSPHRASE
def show_command(
    folder: Path, content: Path, person: int, lang: str, base_url: str | None, descriptor: int | None
) -> None:
    """Montrer à l'écran le QR code d'une personne, son code et le SMS à lui envoyer."""
    skipped: list[tuple[int, Missing]] = []
    with _opened(folder, content, base_url, descriptor) as (opened, porter):
        found = _openings(opened, porter, _numbers(opened, (person,), None), skipped)
    if not found:
        _, reason = skipped[0]
        reason_text = text(f"issuer.reasons.{reason}", "fr")
        raise IssuerError("nothing_to_hand_over", number=person, reason=reason_text)
    lines = screen.blocks(found[0].link)
    click.echo(screen.coloured(lines) if sys.stdout.isatty() else "\n".join(lines))
    click.echo(f"{found[0].code}\n{text_of(found[0], lang)}")


@contextmanager
def _opened(
    folder: Path, content: Path, base_url: str | None, descriptor: int | None
) -> Iterator[tuple[State, Porter]]:
    opened = vault.open_state(folder)
    try:
        catalogue = read_catalogue(content)
        opening.address_of(catalogue, base_url)
        secret = opened.campaign_secret(passphrase.ask(descriptor))
        yield opened, opening.porter(secret, catalogue, base_url)
    finally:
        opened.close()


def _numbers(opened: State, persons: Sequence[int], programme: str | None) -> list[int]:
    with opened.register.reading() as connection:
        return opening.numbers_of(connection, only=persons, programme=programme)


def _openings(
    opened: State, porter: Porter, numbers: Sequence[int], skipped: list[tuple[int, Missing]]
) -> list[Opening]:
    found: list[Opening] = []
    with opened.register.reading() as connection:
        for one in opening.openings(connection, porter, numbers, system_clock.now()):
            if isinstance(one, Opening):
                found.append(one)
            else:
                skipped.append(one)
    return found


def _bar(pages: list[Sequence[int]]) -> Iterable[Sequence[int]]:
    """Show progress while the pages are worked on."""
    return with_progress(pages, text("issuer.progress.people", "fr"), len)


def _tell_skipped(skipped: Sequence[tuple[int, Missing]]) -> None:
    for number, reason in skipped:
        tell(text("issuer.skipped", "fr", number=number, reason=text(f"issuer.reasons.{reason}", "fr")))


COMMANDS: Final[tuple[click.Command, ...]] = (letters_command, links_command, show_command)
