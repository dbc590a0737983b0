"""Where a passphrase comes from: the keyboard or a file descriptor.

Never the command line or the environment, which other programs of the machine can read.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import Final

import click

from issuer.errors import KeyRefused

MIN_LENGTH: Final = 12
PIN_DESCRIPTOR: Final = "cje.pin-descriptor"
_MAX_BYTES: Final = 1024


def ask(descriptor: int | None) -> bytes:
    """Read the passphrase of an existing state.

    Raises:
        KeyRefused: there is none to read.
    """
    return _encoded(_from_descriptor(descriptor) if descriptor is not None else _typed("Phrase secrète"))


def ask_new(descriptor: int | None, demo: bool) -> bytes:
    """Read the passphrase of a state to be made; typed twice, and long enough unless it is a demo's.

    Raises:
        KeyRefused: too short, typed differently, or none to read.
    """
    if descriptor is not None:
        phrase = _from_descriptor(descriptor)
    else:
        phrase = _typed("Nouvelle phrase secrète")
        if _typed("Encore une fois") != phrase:
            raise KeyRefused("passphrase_mismatch")
    if len(phrase) < MIN_LENGTH and not demo:
        raise KeyRefused("passphrase_short", limit=MIN_LENGTH)
    return _encoded(phrase)


def ask_pin(token: str) -> str:
    """Read a token's PIN: from the descriptor of `--pin-fd`, else from the keyboard, once a command.

    Raises:
        KeyRefused: there is none to read.
    """
    known: dict[str, str] = click.get_current_context().find_root().meta.setdefault("cje.pins", {})
    if token not in known:
        descriptor = click.get_current_context().meta.get(PIN_DESCRIPTOR)
        if descriptor is None:
            known[token] = _typed(f"PIN du module « {token} »")
        else:
            known[token] = _from_descriptor(descriptor)
    return known[token]


def _typed(label: str) -> str:
    if not sys.stdin.isatty():
        raise KeyRefused("passphrase_absent")
    typed: str = click.prompt(label, hide_input=True, err=True)
    return typed


def _from_descriptor(descriptor: int) -> str:
    """Read to the end; one line end after it is not part of it."""
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(_MAX_BYTES + 1)
        phrase = data.decode().removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyRefused("passphrase_descriptor", descriptor=descriptor) from error
    if not phrase or len(data) > _MAX_BYTES or "\n" in phrase:
        raise KeyRefused("passphrase_descriptor", descriptor=descriptor)
    return phrase


def _encoded(phrase: str) -> bytes:
    """One form whatever keyboard typed the accents."""
    return unicodedata.normalize("NFC", phrase).encode()
