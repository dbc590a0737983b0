"""Reading a file of content/: a small regular file inside the folder, in UTF-8, without hidden characters."""

from __future__ import annotations

import errno
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from catalogue.problems.problem import Problem, Span

MAX_BYTES = 64 * 1024  # the longest real offer is under 6 KiB, the longest page under 30 KiB

_OPENING = (
    os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
)  # without O_NONBLOCK, `open` on a FIFO waits for a writer

# C0 and C1 controls, DEL, the line ends that YAML 1.1 knows and YAML 1.2 does not (NEL, LS, PS), soft hyphen,
# bidi controls (Unicode TR 9), zero-width characters, tags, noncharacters: all are invisible to a reader.
# U+200C and U+200D are allowed: emoji and some scripts need them.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff0-\uffff\ufdd0-\ufdef\U000e0000-\U000e007f\U0001fffe\U0001ffff]"
)
HTML = re.compile(r"</?[A-Za-z!?][^<>\n]{0,80}>?")


@dataclass(frozen=True)
class SourceFile:
    """The text of a file, with `\\n` as line end, and the path that messages show."""

    path: str
    text: str

    def span(self, line: int, column: int, length: int = 1) -> Span:
        """Return a part of a line. Line and column count from 1 and may lie just after the text."""
        lines = self.text.split("\n")
        return Span(line, column, max(1, length), lines[line - 1] if 0 < line <= len(lines) else "")

    def span_at(self, offset: int, length: int) -> Span:
        """Return the part of `length` characters at an offset in characters from 0."""
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
        limit: the greatest size in bytes. A larger file is refused unread.

    Returns:
        The file and no problem; or None with the reasons for the refusal. At most 20 hidden characters are
        reported.
    """
    try:
        raw = read_regular_file(path, root, limit)
    except OSError as error:
        return None, [Problem(shown, "file-unreadable", values={"reason": error.strerror or str(error)})]
    if isinstance(raw, str):
        return None, [Problem(shown, raw, values={"kib": str(limit // 1024)})]
    return _decoded(raw, shown)


def read_regular_file(path: str, root: Path, limit: int) -> bytes | str:
    """Read a regular file.

    Args:
        path: the file. A symbolic link is followed when its target lies inside `root`.
        root: the resolved content folder.
        limit: the greatest size in bytes.

    Returns:
        The bytes, or the code of the problem for which the file is refused.

    Raises:
        OSError: the file cannot be opened or read.
    """
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
            break  # another process truncated the file during the read
        raw += more
    return raw if len(raw) <= limit else "file-too-large"


def _decoded(raw: bytes, shown: str) -> tuple[SourceFile | None, list[Problem]]:
    try:
        # Windows editors write a BOM and CRLF. Neither has a meaning here, so both are removed.
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8").removeprefix("\ufeff")
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        return None, [Problem(shown, "file-not-utf8", Span(line, column))]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text and not text.endswith("\n"):
        text += "\n"  # YAML parsers differ on a block scalar without a final line end
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
