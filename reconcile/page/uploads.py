"""Uploaded files on their way to the disk: piece by piece, capped, under names of our own.

A file is whole under its name or not there at all, and is called by the SHA-256 of its bytes: what a browser
calls it is shown to a person and never becomes a path.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from cje.files import Disk
from voucher.journal import MAX_EXPORT

MAX_UPLOAD: Final = 2 * 2**30  # bytes of one form; a folder that is larger is for `cje reconcile import`
MAX_FILES: Final = 5_000
_MAX_FIELD: Final = 256
_MAX_NAME: Final = 120
_UNFINISHED: Final = ".part-"


class Foreign(Exception):
    """A form that is not of this run, or no form at all."""


class TooMany(Exception):
    """More than `MAX_FILES` in one form; the first ones are there."""


@dataclass(frozen=True, slots=True)
class Received:
    """One file. `name` as the browser calls it; `path` where it is, None when it was over the cap."""

    name: str
    path: Path | None
    size: int


class Intake:
    """A form with files, fed as it comes. Its first field must be the form's key."""

    def __init__(self, folder: Path, content_type: str, is_form_key: Callable[[str], bool]) -> None:
        """Begin.

        Raises:
            Foreign: no form with files.
        """
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise Foreign
        self._folder, self._is_form_key = folder, is_form_key
        self._trusted, self._ended = False, False
        self._field, self._name = "", ""
        self._header, self._value, self._small = b"", b"", b""
        self._file: IO[bytes] | None = None
        self._draft = folder
        self._digest, self._size = hashlib.sha256(), 0
        self.received: list[Received] = []
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._open,
                    "on_part_data": self._data,
                    "on_part_end": self._close,
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise Foreign from None

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            Foreign: not a form of this run. TooMany: files. OSError: the disk does not take it.
        """
        try:
            self._parser.write(piece)
        except FormParserError:
            raise Foreign from None

    def finish(self) -> list[Received]:
        """Return the files, once the body is over.

        Raises:
            Foreign: the form was cut.
        """
        if not (self._ended and self._trusted):
            raise Foreign
        return self.received

    def abandon(self) -> None:
        """Forget the file that was being written; those that are whole stay."""
        if self._file is not None:
            self._file.close()
            self._draft.unlink(missing_ok=True)
            self._file = None

    def _begin(self) -> None:
        self._field, self._name, self._small, self._header, self._value = "", "", b"", b"", b""
        self._digest, self._size = hashlib.sha256(), 0

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._field = options.get(b"name", b"").decode("utf-8", "replace")
            self._name = _shown(options.get(b"filename", b""))
        self._header, self._value = b"", b""

    def _open(self) -> None:
        if not self._name:
            return
        if not self._trusted:
            raise Foreign
        if len(self.received) >= MAX_FILES:
            raise TooMany
        descriptor, draft = tempfile.mkstemp(dir=self._folder, prefix=_UNFINISHED)
        self._file, self._draft = os.fdopen(descriptor, "wb"), Path(draft)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if not self._name:
            self._small += data[start:end]
            if len(self._small) > _MAX_FIELD:
                raise Foreign
            return
        self._size += end - start
        if self._size > MAX_EXPORT:
            self.abandon()
        elif self._file is not None:
            self._file.write(data[start:end])
            self._digest.update(data[start:end])

    def _close(self) -> None:
        if self._name:
            self._keep()
        elif self._field == "form_key":
            if not self._is_form_key(self._small.decode("utf-8", "replace")):
                raise Foreign
            self._trusted = True

    def _keep(self) -> None:
        path = None
        if self._file is not None:
            file, self._file = self._file, None
            file.flush()
            os.fsync(file.fileno())
            file.close()
            path = self._folder / f"{self._digest.hexdigest()}.cje"
            self._draft.replace(path)
            Disk().sync_folder(self._folder)
        self.received.append(Received(self._name, path, self._size))

    def _end(self) -> None:
        self._ended = True


def sweep(folder: Path) -> None:
    """Remove what was being written when a run ended."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        path.unlink()


def _shown(name: bytes) -> str:
    """The last part of a file's name, whatever the browser's system separates with; "" without a file."""
    last = name.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    return last[:_MAX_NAME] or ("?" if name else "")
