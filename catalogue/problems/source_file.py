"""Taking a file of content/ from the disk: regular, inside the folder, small, UTF-8, nothing hidden in it."""

from __future__ import annotations

import errno
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from catalogue.problems.problem import Problem, Span

MAX_BYTES = 64 * 1024  # the longest honest offer is under 6 KiB; a page under 30

_OPENING = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a FIFO must not make us wait for its writer

# C0 and C1 controls, DEL, the line ends that YAML 1.1 knows and YAML 1.2 does not (NEL, LS, PS), soft hyphen,
# bidi controls (Unicode TR 9), zero-width characters, tags, noncharacters: a reader could not see them.
# U+200C and U+200D stay: emoji and some scripts are spelt with them.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff0-\uffff\ufdd0-\ufdef\U000e0000-\U000e007f\U0001fffe\U0001ffff]"
)
HTML = re.compile(r"</?[A-Za-z!?][^<>\n]{0,80}>?")


@dataclass(frozen=True)
class SourceFile:
    """A file's text, line ends made `\\n`, and the path by which people know it."""

    path: str
    text: str

    def span(self, line: int, column: int, length: int = 1) -> Span:
        """A stretch of the text; line and column count from 1 and may lie just after the end."""
        lines = self.text.split("\n")
        return Span(line, column, max(1, length), lines[line - 1] if 0 < line <= len(lines) else "")

    def span_at(self, offset: int, length: int) -> Span:
        """The stretch that begins at this character of the text."""
        line = self.text.count("\n", 0, offset) + 1
        return self.span(line, offset - self.text.rfind("\n", 0, offset), length)


def load_source(
    path: str, shown: str, root: Path, limit: int = MAX_BYTES
) -> tuple[SourceFile | None, list[Problem]]:
    """Read one file.

    Args:
        path: the file.
        shown: the path to print.
        root: the resolved content folder, which a symbolic link must not leave.
        limit: bytes; one more is refused unread.

    Returns:
        The file, or None with the problem that kept it unread; a file with dishonest characters is None too.
    """
    try:
        raw = regular_bytes(path, root, limit)
    except OSError as error:
        return None, [Problem(shown, "file-unreadable", values={"reason": error.strerror or str(error)})]
    if isinstance(raw, str):
        return None, [Problem(shown, raw, values={"kib": str(limit // 1024)})]
    return _decoded(raw, shown)


def regular_bytes(path: str, root: Path, limit: int) -> bytes | str:
    """The bytes of a regular file of at most `limit`, or the code of the reason for not reading them."""
    try:
        descriptor = os.open(path, _OPENING | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        inside = Path(os.path.realpath(path, strict=True))
        if not inside.is_relative_to(root):
            return "file-outside"
        descriptor = os.open(inside, _OPENING | os.O_NOFOLLOW)
    try:
        return _bounded(descriptor, limit)
    finally:
        os.close(descriptor)


def _bounded(descriptor: int, limit: int) -> bytes | str:
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        return "file-not-regular"
    if state.st_size > limit:
        return "file-too-large"
    raw = os.read(descriptor, limit + 1)
    while len(raw) < state.st_size and len(raw) <= limit:
        more = os.read(descriptor, limit + 1 - len(raw))
        if not more:
            break  # it was cut while it was read
        raw += more
    return raw if len(raw) <= limit else "file-too-large"


def _decoded(raw: bytes, shown: str) -> tuple[SourceFile | None, list[Problem]]:
    try:
        # Windows editors write a BOM and CRLF; both are taken away on purpose, they carry no meaning.
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8").removeprefix("\ufeff")
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        return None, [Problem(shown, "file-not-utf8", Span(line, column))]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text and not text.endswith("\n"):
        text += "\n"  # readers of YAML differ about a block that the end of the file cuts
    source = SourceFile(shown, text)
    if FORBIDDEN.search(text):
        return None, [_hidden_character(source, match) for match in FORBIDDEN.finditer(text)][:20]
    return source, []


def _hidden_character(source: SourceFile, match: re.Match[str]) -> Problem:
    return Problem(
        source.path,
        "text-hidden-character",
        source.span_at(match.start(), 1),
        {"character": f"U+{ord(match[0]):04X}"},
    )
