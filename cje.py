"""The front door: the ``cje`` command. A group is imported only when it is called: a till stays light."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from locales.command_line import help_in_french, in_french, system_sentence, usage_sentence

# name: (module, attribute, one line of help). The help stands here so that `cje --help` imports nothing.
GROUPS = {
    "offers": ("catalogue.cli", "offers", "Vérifier et écrire les offres (éditeurs)."),
    "site": ("site_builder.cli", "site", "Construire et servir le site (opérateurs)."),
    "issuer": ("issuer.cli", "issuer", "Clés, inscriptions et émission des bons (opérateurs)."),
    "desk": ("issuer.desk.cli", "desk", "La page des conseillers, sur cette machine."),
    "verify": ("verifier.cli", "verify", "Vérifier un bon, sans réseau (caisses)."),
    "till": ("verifier.cli", "till", "Régler une caisse, lire et exporter son journal."),
    "reconcile": ("verifier.reconcile.cli", "reconcile", "Rapprocher les journaux de toutes les caisses."),
    "demo": ("demo.cli", "demo", "Tout essayer en une minute, dans un dossier temporaire."),
}


class LazyGroups(click.Group):
    """A click group whose commands live in other rooms and are imported when first used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in GROUPS:
            return None
        module, attribute, _ = GROUPS[cmd_name]
        try:
            command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as missing:
            if missing.name and missing.name.partition(".")[0] == module.partition(".")[0]:
                raise
            raise click.ClickException(
                f"« cje {cmd_name} » demande le module {missing.name}, absent de cette installation. "
                f"Installez carte-jeune-engage[{_extra(cmd_name)}]."
            ) from None
        assert isinstance(command, click.Command)
        return help_in_french(command, ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return in_french(super().get_help_option(ctx))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commandes"):
            formatter.write_dl([(name, line) for name, (_, _, line) in GROUPS.items()])


def _extra(name: str) -> str:
    return {"offers": "site", "site": "site", "reconcile": "reconcile"}.get(name, "issuer")


@click.command(cls=LazyGroups, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="carte-jeune-engage", message="%(version)s", help="Montrer la version.")
@click.option("--debug", is_flag=True, help="Montrer la trace complète d'une erreur.")
def cje(debug: bool) -> None:
    """La Carte Jeune Engagé qu'on ne peut pas éteindre."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every foreseen error is one sentence on stderr, and an exit code.

    Exit codes: 0 done or accepted, 1 refused or invalid, 2 usage, 3 could not decide.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments[:1]
    try:
        with _ending_when_asked():
            code: Any = cje.main(args=arguments, prog_name="cje", standalone_mode=False)
    except click.exceptions.Abort:
        _say("Interrompu.")
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _say(usage_sentence(error, GROUPS))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(141)
    except Exception as error:
        if debug:
            raise
        _say(_sentence(error))
        sys.exit(getattr(error, "exit_code", 3))
    sys.exit(code if isinstance(code, int) else 0)


@contextmanager
def _ending_when_asked() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C: a server that is stopped leaves no folder behind, a command nothing half done.

    Only of the process that was asked: a worker that it forked ends as any other program does.
    """
    own = os.getpid()

    def end(number: int, _: object) -> None:
        if os.getpid() == own:
            raise KeyboardInterrupt
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # called from another thread than the first, whose matter signals are
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _sentence(error: Exception) -> str:
    """The one sentence that a person reads: our rooms' errors carry theirs, the rest is unexpected."""
    sentence = getattr(error, "sentence", None)
    if isinstance(sentence, str):
        return sentence
    if isinstance(error, OSError) and error.filename:
        return system_sentence(error)
    return f"Erreur inattendue ({type(error).__name__}). Relancez avec « cje --debug … » et signalez-la."


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


if __name__ == "__main__":
    main()
