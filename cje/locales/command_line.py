"""What click and the system say in English, in the asked language: wrong calls, missing files, help."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Sequence

import click

from cje.locales import CONTENT_LANGUAGE, LANGUAGES, text

_REASONS = {
    errno.ENOENT: "absent",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EEXIST: "exists",
    errno.ENOTDIR: "no_folder",
    errno.EISDIR: "a_folder",
    errno.ENOSPC: "full",
    errno.EROFS: "read_only",
}
_TOO_MANY = re.compile(r"Got unexpected extra arguments? \((?P<words>.*)\)", re.DOTALL)
_LANG = "--lang"


def asked_language(arguments: Sequence[str]) -> str:
    """The language that a call asks for, French otherwise; also of a call that is wrong in the rest."""
    asked = CONTENT_LANGUAGE
    for word, following in zip(arguments, (*arguments[1:], ""), strict=True):
        if word == "--":
            break
        value = following if word == _LANG else word.removeprefix(f"{_LANG}=")
        asked = value if word.startswith(_LANG) and value in LANGUAGES else asked
    return asked


def system_sentence(error: OSError, lang: str = "fr") -> str:
    """One sentence on what the system refused, naming the file."""
    known = _REASONS.get(error.errno or 0)
    reason = text(f"command.system.{known}", lang) if known else error.strerror
    return text("command.system.refused", lang, file=error.filename, reason=reason)


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


def usage_sentence(error: click.ClickException, commands: Iterable[str], lang: str = "fr") -> str:
    """One sentence on a wrong call, and where the right one is described."""
    sentence = _fault(error, lang)
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return sentence
    guesses = sorted(_guesses(error, commands))
    if guesses:
        names = f" {text('command.usage.or', lang)} ".join(guesses)
        sentence = f"{sentence} {text('command.usage.guess', lang, names=names)}"
    return f"{sentence}\n{text('command.usage.help', lang, command=error.ctx.command_path)}"


def _fault(error: click.ClickException, lang: str) -> str:
    def say(key: str, **facts: object) -> str:
        return text(f"command.usage.{key}", lang, **facts)

    match error:
        case click.NoSuchOption():
            return say("unknown_option", name=error.option_name)
        case click.exceptions.NoSuchCommand():
            return say("unknown_command", name=error.command_name)
        case click.MissingParameter():
            names = error.param.opts if isinstance(error.param, click.Option) else [_shown(error.param, lang)]
            return say("missing", name=names[-1])
        case click.BadOptionUsage():
            takes_none = "does not take" in error.message
            return say("no_value" if takes_none else "value_missing", name=error.option_name)
        case click.BadParameter() if error.param is not None:
            expected = _expected(error.param.type, lang) or error.message
            return say("refused", name=_shown(error.param, lang), expected=expected)
    message = error.format_message()
    too_many = _TOO_MANY.fullmatch(message)
    return say("too_many", words=too_many["words"]) if too_many else message


def _guesses(error: click.UsageError, commands: Iterable[str]) -> list[str]:
    if not isinstance(error, click.exceptions.NoSuchCommand):
        return list(getattr(error, "possibilities", None) or ())
    import difflib  # for a slip of the keyboard only: a verdict does not wait for it

    return difflib.get_close_matches(error.command_name, list(commands), n=2)


def _expected(kind: object, lang: str) -> str | None:
    """What a parameter of one of click's own types takes; None when our own check has said it."""

    def say(key: str, **facts: object) -> str:
        return text(f"command.expected.{key}", lang, **facts)

    match kind:
        case click.IntRange(max=None):
            return say("least", least=kind.min)
        case click.IntRange():
            return say("range", least=kind.min, most=kind.max)
        case click.Choice():
            return say("choice", names=", ".join(map(str, kind.choices)))
        case click.DateTime():
            return say("date")
        case click.Path() | click.File():
            return say("path")
    return say("number") if kind is click.INT else None


def _shown(parameter: click.Parameter | None, lang: str) -> str:
    if parameter is None:
        return text("command.usage.an_argument", lang)
    if isinstance(parameter, click.Option):
        return parameter.opts[-1]
    return (parameter.metavar or parameter.name or "argument").upper()
