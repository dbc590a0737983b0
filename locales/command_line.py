"""What click and the system say in English, in French: wrong calls, missing files, help."""

from __future__ import annotations

import errno
from collections.abc import Iterable

import click

_REASONS = {
    errno.ENOENT: "introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EEXIST: "existe déjà",
    errno.ENOTDIR: "n'est pas un dossier",
    errno.EISDIR: "est un dossier",
    errno.ENOSPC: "plus de place sur le disque",
    errno.EROFS: "système de fichiers en lecture seule",
}


def system_sentence(error: OSError) -> str:
    """One sentence on what the system refused, naming the file."""
    return f"{error.filename} : {_REASONS.get(error.errno or 0, error.strerror)}."


def help_in_french(command: click.Command, ctx: click.Context) -> click.Command:
    """Say in French what `--help` does, for a command and all below it."""
    in_french(command.get_help_option(ctx))
    for below in getattr(command, "commands", {}).values():
        help_in_french(below, ctx)
    return command


def in_french(option: click.Option | None) -> click.Option | None:
    """Give the help option its French words, in place."""
    if option is not None:
        option.help = "Montrer cette aide."
    return option


def usage_sentence(error: click.ClickException, commands: Iterable[str]) -> str:
    """One French sentence on a wrong call, and where the right one is described."""
    guesses = list(getattr(error, "possibilities", None) or ())
    match error:
        case click.NoSuchOption():
            sentence = f"Option inconnue : {error.option_name}."
        case click.exceptions.NoSuchCommand():
            sentence = f"Commande inconnue : {error.command_name}."
            import difflib  # for a slip of the keyboard only: a verdict does not wait for it

            guesses = difflib.get_close_matches(error.command_name, list(commands), n=2)
        case click.MissingParameter():
            names = error.param.opts if isinstance(error.param, click.Option) else [_shown(error.param)]
            sentence = f"Il manque {names[-1]}."
        case click.BadParameter() if error.param is not None:
            sentence = (
                f"{_shown(error.param)} : valeur refusée, {_expected(error.param.type) or error.message}."
            )
        case _:
            sentence = error.format_message()
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return sentence
    hint = f" Vouliez-vous dire {' ou '.join(sorted(guesses))} ?" if guesses else ""
    return f"{sentence}{hint}\nAide : {error.ctx.command_path} --help"


def _expected(kind: object) -> str | None:
    """What a parameter of one of click's own types takes; None when our own check has said it."""
    match kind:
        case click.IntRange():
            return f"un nombre de {kind.min} à {kind.max} est attendu"
        case click.Choice():
            return f"choisissez parmi {', '.join(map(str, kind.choices))}"
        case click.DateTime():
            return "une date est attendue, comme 2027-03-31"
        case click.Path() | click.File():
            return "ce fichier ou ce dossier ne convient pas"
    return "un nombre est attendu" if kind is click.INT else None


def _shown(parameter: click.Parameter | None) -> str:
    if parameter is None:
        return "un argument"
    if isinstance(parameter, click.Option):
        return parameter.opts[-1]
    return (parameter.metavar or parameter.name or "argument").upper()
