"""Files that bring trust to a till: roots and lists, or a list's QR frames as lines of text (trust-v1 §7)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from cje.errors import FileTooBig
from cje.files import read_capped
from verifier.errors import BadInput
from verifier.till.till import Till
from verifier.trust_store import MAX_FILE, Outcome, is_root_file
from voucher.caps import MAX_PAIRING_TEXT
from voucher.frames import PREFIX, decode_frames

_LINE_END = 2
_RETRY = (Outcome.UNTRUSTED, Outcome.MALFORMED)


def read_input(path: Path) -> bytes:
    """Return a trust file's bytes; `-` is stdin.

    Raises:
        FileTooBig: over the cap, refused unread. OSError: it cannot be read.
        BadInput: frames that are not all there. VoucherError: frames of two files.
    """
    if str(path) == "-":
        data = sys.stdin.buffer.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            raise FileTooBig(path=path, cap=MAX_FILE)
    else:
        data = read_capped(path, MAX_FILE)
    return _from_frames(data) if data.startswith(PREFIX.encode()) else data


def read_pairing(path: Path) -> str:
    """Return the text of a pairing; `-` is stdin. What is over the cap is cut, and so refused.

    Raises:
        OSError: it cannot be read.
    """
    if str(path) == "-":
        data = sys.stdin.buffer.read(MAX_PAIRING_TEXT + _LINE_END + 1)
    else:
        with path.open("rb") as file:
            data = file.read(MAX_PAIRING_TEXT + _LINE_END + 1)
    return data.decode("utf-8", errors="replace")


def install(till: Till, files: Sequence[tuple[Path, bytes]]) -> Iterator[tuple[Path, Outcome]]:
    """Offer files to a till, roots first in whatever order they walk, and yield what became of each."""
    waiting = [(path, data) for path, data in files if is_root_file(data)]
    lists = [(path, data) for path, data in files if not is_root_file(data)]
    progress = True
    while waiting and progress:
        tried = [(path, data, till.update(data)) for path, data in waiting]
        progress = any(outcome is Outcome.INSTALLED for _, _, outcome in tried)
        again = [entry for entry in tried if progress and entry[2] in _RETRY]
        yield from ((path, outcome) for path, data, outcome in tried if (path, data, outcome) not in again)
        waiting = [(path, data) for path, data, _ in again]
    for path, data in lists:
        yield path, till.update(data)


def _from_frames(data: bytes) -> bytes:
    lines = data.decode("ascii", errors="replace").splitlines()
    file = decode_frames(line for line in lines if line)
    if file is None:
        raise BadInput("frames_missing")
    return file
