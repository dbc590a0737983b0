"""Options that several commands share, each with one name, one help and one meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from cje.locales import text, typographic
from cje.progress import with_progress
from issuer.keys.passphrase import PIN_DESCRIPTOR, ask_pin
from issuer.register import vault
from issuer.register.imported_codes import Level
from issuer.register.vault import State

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])

FILE: Final = click.Path(path_type=Path)

STATE: Final = click.option(
    "--state", "folder", type=FILE, required=True, metavar="DOSSIER", help="Le coffre : clés et registre."
)
CONTENT: Final = click.option(
    "--content",
    type=FILE,
    default=Path("content"),
    show_default=True,
    metavar="DOSSIER",
    help="Le catalogue.",
)
OUT: Final = click.option(
    "--out", type=FILE, required=True, metavar="DOSSIER", help="Le dossier du site, où publier."
)
CAMPAIGN: Final = click.option(
    "--campaign", type=FILE, required=True, metavar="TOML", help="La campagne : offres, parcours, dates."
)
BASE_URL: Final = click.option(
    "--base-url", metavar="URL", help="L'adresse du site, dans les liens. Par défaut celle de site.yaml."
)
CLOCK: Final = click.option(
    "--clock",
    type=click.IntRange(2**30 + 1, 2**32 - 1),
    metavar="SECONDES",
    help="L'heure de l'émission, pour la refaire à l'octet près.",
)
JSON: Final = click.option("--json", "as_json", is_flag=True, help="Réponse lisible par un programme.")


_PASSPHRASE: Final = click.option(
    "--passphrase-fd",
    "descriptor",
    type=click.IntRange(0, 1023),
    metavar="N",
    help="Lire la phrase secrète sur ce descripteur au lieu du clavier.",
)

_PIN: Final = click.option(
    "--pin-fd",
    type=click.IntRange(0, 1023),
    metavar="N",
    expose_value=False,
    callback=lambda context, _option, value: context.meta.__setitem__(PIN_DESCRIPTOR, value),
    help="Lire sur ce descripteur le PIN d'un module PKCS#11.",
)


def PASSPHRASE(command: Command) -> Command:  # noqa: N802
    """The state's passphrase, and the PIN of a token that holds one of its keys."""
    return _PASSPHRASE(_PIN(command))


def open_vault(folder: Path) -> State:
    """Open a state; a token's PIN is asked for where a key needs it."""
    return vault.open_state(folder, ask_pin)


def TOKEN(command: Command) -> Command:  # noqa: N802
    """A new key inside a PKCS#11 token: its module and its label."""
    module = click.option("--pkcs11", "module", metavar="MODULE", help="La clé naît dans ce module PKCS#11.")
    return module(click.option("--token", metavar="NOM", help="Le nom du jeton PKCS#11.")(command))


def token_of(module: str | None, token: str | None) -> tuple[str, str] | None:
    """The two options of `TOKEN`, both or none."""
    if module is None and token is None:
        return None
    if module is None or token is None:
        raise click.UsageError("Donnez --pkcs11 et --token ensemble.")
    return module, token


def bar(label: str) -> Callable[[Sequence[T]], Iterable[T]]:
    """Progress on a terminal, under `issuer.progress.<label>`; elsewhere nothing."""

    def shown(items: Sequence[T]) -> Iterable[T]:
        return with_progress(items, text(f"issuer.progress.{label}", "fr"))

    return shown


def tell(sentence: str) -> None:
    """Talk goes to stderr; results to stdout."""
    click.echo(typographic(sentence), err=True)


def tell_low(levels: Iterable[Level]) -> None:
    """Say which stocks of codes run out."""
    for level in levels:
        if level.low:
            tell(text("issuer.stock_low", "fr", offer=level.offer, left=level.left))


def fold_number(_context: click.Context, _option: Any, value: int | None) -> int | None:
    """Refuse a person's number that cannot be one."""
    if value is not None and not 1 <= value <= 2**40:
        raise click.BadParameter("un nombre entier de 1 à 2^40")
    return value
