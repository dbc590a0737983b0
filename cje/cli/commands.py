"""The groups of `cje`: each is imported only when it is called, so that a till stays light."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from cje.errors import Fault
from cje.locales import text
from cje.locales.command_line import (
    asked_language,
    help_in_french,
    in_french,
    system_sentence,
    usage_sentence,
)
from cje.machine.gc_pause import collector_paused

__all__ = ["GROUPS", "cje", "error_sentence", "interrupted", "run"]

# name: (module, attribute, one line of help). The help stands here so that `cje --help` imports nothing.
GROUPS = {
    "offers": ("catalogue.cli.main", "offers", "Vérifier et écrire les offres (éditeurs)."),
    "site": ("site_builder.cli", "site", "Construire et servir le site (opérateurs)."),
    "issuer": ("issuer.cli.main", "issuer", "Clés, inscriptions et émission des bons (opérateurs)."),
    "desk": ("issuer.desk.cli", "desk", "La page des conseillers, sur cette machine."),
    "verify": ("verifier.till.cli", "verify", "Vérifier un bon, sans réseau (caisses)."),
    "till": ("verifier.till.cli", "till", "Régler une caisse, lire et exporter son journal."),
    "reconcile": ("reconcile.cli.main", "reconcile", "Rapprocher les journaux de toutes les caisses."),
    "demo": ("cje.demo.cli", "demo", "Tout essayer en une minute, dans un dossier temporaire."),
}
# Whose `--lang` is the reader's, whose every sentence is in both; elsewhere it may be that of a letter.
_BILINGUAL = ("verify", "till", "reconcile")
# As a shell tells them: 128 and the signal's number.
_INTERRUPTED, _BROKEN_PIPE = 130, 141


class LazyGroups(click.Group):
    """A click group whose commands live in other rooms and are imported when first used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in GROUPS:
            return None
        module, attribute, _ = GROUPS[cmd_name]
        try:
            with collector_paused():
                command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as missing:
            if missing.name and missing.name.partition(".")[0] == module.partition(".")[0]:
                raise
            raise _ModuleMissing(cmd_name, missing.name) from None
        assert isinstance(command, click.Command)
        return help_in_french(command, ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return in_french(super().get_help_option(ctx))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commandes"):
            formatter.write_dl([(name, line) for name, (_, _, line) in GROUPS.items()])


class _ModuleMissing(Fault):
    """A group that this installation has no packages for."""

    prefix = "command"

    def __init__(self, command: str, module: str | None) -> None:
        extra = {"offers": "site", "site": "site", "reconcile": "reconcile"}.get(command, "issuer")
        super().__init__("module_missing", command=command, module=module, extra=extra)


@click.command(cls=LazyGroups, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="carte-jeune-engage", message="%(version)s", help="Montrer la version.")
@click.option("--debug", is_flag=True, help="Montrer la trace complète d'une erreur.")
def cje(debug: bool) -> None:
    """La Carte Jeune Engagé qu'on ne peut pas éteindre."""


def run(arguments: Sequence[str], came: Callable[[], bool]) -> int:
    """Do what was asked, tell every foreseen error in one sentence on stderr, and return the exit code.

    Args:
        arguments: the words behind `cje`.
        came: whether a signal has asked for the end. An error may be made of it: pydantic and the interpreter
            wrap one that comes while they build a class.
    """
    lang, debug, output = _language(arguments), "--debug" in arguments[:1], sys.stdout
    try:
        code: Any = cje.main(args=list(arguments), prog_name="cje", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        return interrupted(arguments)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _say(usage_sentence(error, GROUPS, lang), error.exit_code)
    except BrokenPipeError:
        return _BROKEN_PIPE
    except SystemExit:
        if sys.stdout is not output:
            return _BROKEN_PIPE  # click has put a silent one in its place, and says 1: "refused" here
        raise
    except Exception as error:
        if came():
            raise KeyboardInterrupt from error
        if debug:
            raise
        return _say(error_sentence(error, lang), getattr(error, "exit_code", 3))
    return code if isinstance(code, int) else 0


def interrupted(arguments: Sequence[str]) -> int:
    """Say that somebody ended the command; return the exit code."""
    return _say(text("command.interrupted", _language(arguments)), _INTERRUPTED)


def _language(arguments: Sequence[str]) -> str:
    groups = [word for word in arguments if word in GROUPS]
    return asked_language(arguments) if groups[:1] and groups[0] in _BILINGUAL else "fr"


def error_sentence(error: Exception, lang: str) -> str:
    """Return the one sentence that a person reads."""
    if isinstance(error, Fault):
        return error.said(lang)
    from voucher.errors import VoucherError  # `cje --help` imports no room

    if isinstance(error, VoucherError):
        return text("command.refused_object", lang, code=error.code, fault=error)
    if isinstance(error, OSError) and error.filename:
        return system_sentence(error, lang)
    return text("command.unexpected", lang, name=type(error).__name__)


def _say(sentence: str, code: int) -> int:
    click.echo(sentence, err=True)
    return code
