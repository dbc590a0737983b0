"""Text that a person wrote: UTF-8, with or without a byte order mark, of a bounded size."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cje.errors import FileTooBig
from cje.files import read_capped
from issuer.errors import InputRefused, problem

MAX_FILE: Final = 256 * 1024 * 1024  # four million people's lines


def read_text(path: Path) -> str:
    """Read a file.

    Raises:
        InputRefused: it cannot be read, is over the cap, or is not UTF-8; with the line where it is not.
    """
    try:
        data = read_capped(path, MAX_FILE)
    except FileTooBig as error:
        raise InputRefused(str(path), (problem(0, "too_big"),)) from error
    except OSError as error:
        raise InputRefused(str(path), (problem(0, "unreadable", reason=error.strerror),)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputRefused(str(path), (problem(line, "not_utf8"),)) from error
