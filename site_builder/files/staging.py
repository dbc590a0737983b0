"""Files on their way to the site: drafts in a folder of their own, then renamed, or not at all.

A draft for a folder that the site has already waits under a number. Drafts for folders that it lacks wait in
a tree of their own, `NEW`: such a folder comes into the site whole, in one rename.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cje.machine.file_stamp import FileStamp, StampCheck, read_stamp
from site_builder.errors import OutputRefused

__all__ = ["DRAFTS", "NEW", "TICK_NS", "Made", "OnDisk", "Stage", "read_plain", "seen_on_disk", "stage_in"]

NEW = "new"

DRAFTS = re.compile(r"\.cje-new-[0-9]+")
_DRAFT = re.compile(r"[0-9]+-[0-9]+")
# A file changed again in the tick of the clock in which it was written keeps its times (git: racily clean).
TICK_NS = 20_000_000
_COARSE_NS = 2_100_000_000  # FAT counts in two seconds
_A_SECOND_NS = 1_000_000_000
# Not O_EXCL: what a killed process had begun is made again in the same place.
_CREATING = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class OnDisk(NamedTuple):
    """A file as one build left it: how to see that it is untouched, and its SHA-256 in hexadecimal."""

    seen: FileStamp
    digest: str


class Made(NamedTuple):
    """A file of the site.

    Attributes:
        draft: names its new bytes in the stage, or is `NEW` when they stand there under its own path; None
            when the disk holds them already.
    """

    path: str
    digest: str
    size: int
    draft: str | None

    @property
    def waits_at(self) -> str:
        """Where its new bytes are, within the stage."""
        return f"{NEW}/{self.path}" if self.draft == NEW else str(self.draft)


@dataclass(slots=True)
class Stage:
    """Where one process puts what it makes; nothing of the site changes here.

    Attributes:
        ours: paths that an earlier build wrote.
        known: files as the last build left them; one that still looks so is not read again.
        look: a look at all of them, taken before.
        place: number of the process, part of its drafts' names.
    """

    root: Path
    folder: Path
    ours: Mapping[str, object]
    known: Mapping[str, OnDisk]
    look: StampCheck | None = None
    place: int = 0
    _count: int = 0
    _folders: dict[str, bool] = field(default_factory=lambda: {"": True})
    _entries: dict[str, dict[str, str]] = field(default_factory=dict)

    def put(self, path: str, data: bytes) -> Made:
        """Keep the bytes of one file.

        Raises:
            OutputRefused: a symbolic link on the way, or a file there that is not ours.
        """
        digest = hashlib.sha256(data).hexdigest()
        if self.holds(path, digest) or self._is_there(path, data):
            return Made(path, digest, len(data), None)
        return Made(path, digest, len(data), self._draft(path, [data]))

    def put_parts(self, path: str, parts: Iterable[bytes]) -> Made:
        """Keep a file that is too large to be held at once; it is compared by its hash."""
        state, size = hashlib.sha256(), 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for part in parts:
                state.update(part)
                size += len(part)
                yield part

        draft = self._draft(path, counted())
        made = Made(path, state.hexdigest(), size, draft)
        there = self.known[path].digest if self.is_untouched(path) else None
        if made.digest == there if there is not None else self._has_digest(path, made.digest):
            (self.folder / made.waits_at).unlink()
            return made._replace(draft=None)
        return made

    def read(self, made: Made) -> bytes:
        """The bytes of a file that was put here, or was there already."""
        place = self.root / made.path if made.draft is None else self.folder / made.waits_at
        return place.read_bytes()

    def holds(self, path: str, digest: str) -> bool:
        """Whether the disk visibly still holds these bytes there."""
        known = self.known.get(path)
        return known is not None and known.digest == digest and self.is_untouched(path)

    def is_untouched(self, path: str) -> bool:
        """Whether a file looks as the last build left it."""
        known = self.known.get(path)
        if known is None or path not in self.ours:
            return False
        if self.look is not None and path not in self.look.changed:
            return True
        return self._has_folder_of(path) and read_stamp(f"{self.root}/{path}") == known.seen

    def _is_there(self, path: str, data: bytes) -> bool:
        current = read_plain(f"{self.root}/{path}") if self._has_folder_of(path) else None
        if current is not None and current != data:
            self._refuse_foreign(path)
        return current == data

    def _has_digest(self, path: str, digest: str) -> bool:
        handle = _open_plain(f"{self.root}/{path}") if self._has_folder_of(path) else None
        if handle is None:
            return False
        with os.fdopen(handle, "rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == digest
        if not same:
            self._refuse_foreign(path)
        return same

    def _refuse_foreign(self, path: str) -> None:
        if path not in self.ours:
            raise OutputRefused("foreign_file", path=self.root / path)

    def _draft(self, path: str, parts: Iterable[bytes]) -> str:
        if self._has_folder_of(path):
            self._count += 1
            draft = name = f"{self.place}-{self._count}"
        else:
            draft, name = NEW, f"{NEW}/{path}"
            self._make_folder(name.rpartition("/")[0])
        handle = os.open(f"{self.folder}/{name}", _CREATING, 0o666)
        try:
            for part in parts:
                rest = part
                while rest:
                    rest = rest[os.write(handle, rest) :]
        finally:
            os.close(handle)
        return draft

    def _make_folder(self, folder: str) -> None:
        """A folder among the drafts; another process may make it at the same time."""
        try:
            os.mkdir(f"{self.folder}/{folder}")  # noqa: PTH102 - ten thousand times
        except FileExistsError:
            pass
        except FileNotFoundError:
            self._make_folder(folder.rpartition("/")[0])
            self._make_folder(folder)

    def _has_folder_of(self, path: str) -> bool:
        """Whether the folder of a file is in the site.

        Raises:
            OutputRefused: a link or a file stands in its place.
        """
        return self._has_folder(path.rpartition("/")[0])

    def _has_folder(self, folder: str) -> bool:
        there = self._folders.get(folder)
        if there is None:
            above, _, name = folder.rpartition("/")
            there = self._has_folder(above) and self._is_folder(above, name)
            self._folders[folder] = there
        return there

    def _is_folder(self, above: str, name: str) -> bool:
        if above not in self._entries:
            with os.scandir(f"{self.root}/{above}") as entries:
                # One look at a folder of ten thousand tells what each of them is.
                self._entries[above] = {entry.name: _kind(entry) for entry in entries}
        kind = self._entries[above].get(name)
        place = f"{self.root}/{above}/{name}" if above else f"{self.root}/{name}"
        if kind == "link":
            raise OutputRefused("link", path=place, root=self.root)
        if kind == "file":
            raise OutputRefused("file_for_folder", path=place)
        return kind is not None


def _kind(entry: os.DirEntry[str]) -> str:
    return "link" if entry.is_symlink() else "folder" if entry.is_dir(follow_symlinks=False) else "file"


@contextmanager
def stage_in(
    root: Path, ours: Mapping[str, object], known: Mapping[str, OnDisk], look: StampCheck | None = None
) -> Iterator[Stage]:
    """A stage inside `root`, alone there: gone at the end, and so is a root that was made and stayed empty.

    Raises:
        OutputRefused: another build is at work in `root`.
    """
    there = root.exists()
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(root, os.O_RDONLY)
    try:
        _lock(handle, root)
        for entry in [*root.iterdir()]:
            if DRAFTS.fullmatch(entry.name):
                _clear_away(entry)
        folder = root / f".cje-new-{os.getpid()}"
        folder.mkdir()
        try:
            yield Stage(root, folder, ours, known, look)
        finally:
            _clear_away(folder)
    finally:
        os.close(handle)
        if not there:
            with suppress(OSError):
                root.rmdir()


def _lock(handle: int, root: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputRefused("busy", path=root) from None


def _clear_away(folder: Path) -> None:
    """Remove the drafts of this build, or of one that was killed, and nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for entry in [*folder.iterdir()]:
        if entry.name == NEW and entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif _DRAFT.fullmatch(entry.name):
            entry.unlink()
    with suppress(OSError):
        folder.rmdir()


def seen_on_disk(path: str, digest: str, now_ns: Callable[[], int] = time.time_ns) -> OnDisk | None:
    """What to remember of a file; None when its times could stay the same over one more change."""
    found = read_stamp(path)
    if found is None:
        return None
    newest = max(found.modified_ns, found.changed_ns)
    wait = TICK_NS if newest % _A_SECOND_NS else _COARSE_NS
    return OnDisk(found, digest) if now_ns() - newest > wait else None


def read_plain(path: str) -> bytes | None:
    """The bytes of a regular file; None when absent or anything else. A link is never followed."""
    handle = _open_plain(path)
    if handle is None:
        return None
    try:
        size = os.fstat(handle).st_size
        data = os.read(handle, size + 1)
        while part := os.read(handle, 1 << 20):
            data += part
        return data
    finally:
        os.close(handle)


def _open_plain(path: str) -> int | None:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            return None
        raise
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    return None
