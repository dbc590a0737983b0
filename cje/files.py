"""Files written whole or not at all, and read up to a cap.

A reader sees the whole file or none of it, and power loss takes back nothing that was handed out. Every
primitive that changes the disk is one short method of `Disk`: the crash tests subclass it and stop before and
after each. Modules that a till does not need are imported where they are used.
"""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cje.errors import FileTooBig, OutputRefused

PUBLIC_MODE: Final = 0o644
SECRET_MODE: Final = 0o600
_STAGING: Final = ".cje-staging-"
_CLOSED_IN_CHILDREN: Final = getattr(os, "O_CLOEXEC", 0)
_NO_HARD_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)


def read_capped(path: Path, cap: int) -> bytes:
    """Return a file's bytes; of a longer one, no more than cap + 1 bytes are ever read (P10).

    Raises:
        FileTooBig: longer than `cap` bytes.
        OSError: it cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        data = file.read(cap + 1) or b""
        while len(data) <= cap and (more := file.read(cap + 1 - len(data))):
            data += more
    if len(data) > cap:
        raise FileTooBig(path=path, cap=cap)
    return data


class Disk:
    """The writes of one run. Content goes to a draft on the same disk, then gets its name."""

    def create(self, path: Path, data: bytes, mode: int = SECRET_MODE) -> None:
        """Write a new file whole and durably; `path` never holds a part of it.

        Raises:
            OutputRefused: it exists, or the folder cannot be written.
        """
        with _refusals(path):
            with self._draft(path, data, mode) as draft:
                self.link(draft, path)
            self.sync_folder(path.parent)

    def replace(self, path: Path, data: bytes, mode: int = SECRET_MODE) -> None:
        """Write a file whole and durably; a reader meets the old file or the new one.

        Raises:
            OSError: the folder cannot be written; the old file stands.
        """
        with self._draft(path, data, mode) as draft:
            self.rename(draft, path)
        self.sync_folder(path.parent)

    @contextmanager
    def _draft(self, path: Path, data: bytes, mode: int) -> Iterator[Path]:
        draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
        try:
            self.write(draft, data, mode)
            yield draft
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()

    def create_folder(self, folder: Path, files: Mapping[str, bytes]) -> None:
        """Make a new folder with these files, readable by its owner only: all of it, or nothing.

        Raises:
            OutputRefused: it exists, or its parent cannot be written.
        """
        self.create_folder_of(folder, files.items())

    def create_folder_of(self, folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
        """The same with files that are made one after another; return how many there were."""
        import shutil
        import tempfile

        refuse_existing(folder)
        count = 0
        with _refusals(folder):
            making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            try:
                for name, data in files:
                    self.write(making / name, data, SECRET_MODE)
                    count += 1
                self.sync_folder(making)
                self.rename(making, folder)
            finally:
                shutil.rmtree(making, ignore_errors=True)
            self.sync_folder(folder.parent)
        return count

    @contextmanager
    def staging(self, out: Path) -> Iterator[Staging]:
        """A staging folder inside `out`; on leaving, all that was put in place is durable.

        Folders that killed runs left are removed; those of running ones are locked and stay.
        """
        import shutil

        with _refusals(out):
            out.mkdir(parents=True, exist_ok=True)
            _sweep(out)
            folder, descriptor = _locked_folder(out)
        try:
            staging = Staging(self, out, folder)
            yield staging
            staging.settle()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(descriptor)

    def write(self, path: Path, data: bytes, mode: int) -> None:
        """Make a new file with exactly this mode, and wait until its content is on the disk."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CLOSED_IN_CHILDREN, mode)
        with os.fdopen(descriptor, "wb") as file:
            if os.name == "posix":
                os.fchmod(descriptor, mode)  # the umask has cut it
            file.write(data)
            file.flush()
            os.fsync(descriptor)

    def link(self, temporary: Path, path: Path) -> None:
        """Give a written file its name, unless the name is taken."""
        try:
            os.link(temporary, path)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            # FAT and exFAT have no hard links: the name is claimed first, empty, then replaced.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            temporary.replace(path)

    def rename(self, temporary: Path, path: Path) -> None:
        """Give a written file its name, whatever had it."""
        temporary.replace(path)

    def remove(self, path: Path) -> None:
        """Take a file's name away."""
        path.unlink()

    def sync_folder(self, folder: Path) -> None:
        """Wait until the folder's names are on the disk; Windows does it with the file."""
        if os.name != "posix":
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Staging:
    """Files of one run on their way into `out`."""

    def __init__(self, disk: Disk, out: Path, folder: Path) -> None:
        self._disk = disk
        self._out = out
        self._folder = folder
        self._numbers = itertools.count()  # drawn by several threads
        self._touched: set[Path] = set()

    def put(self, name: str, data: bytes) -> bool:
        """Write `out`/`name` unless it holds these bytes already; return whether it was written.

        A folder's fsync is left to `settle`: thousands of files in one folder need one.

        Raises:
            OutputRefused: the folder cannot be written.
        """
        path = self._out / name
        if _holds(path, data):
            return False
        with _refusals(path):
            self._make_folder(path.parent)
            temporary = self._folder / f"{os.getpid()}-{next(self._numbers)}"  # workers share the folder
            self._disk.write(temporary, data, PUBLIC_MODE)
            self._disk.rename(temporary, path)
        self._touched.add(path.parent)
        return True

    def remove(self, name: str) -> bool:
        """Take `out`/`name` away, if it is there; return whether it was.

        Raises:
            OutputRefused: the folder cannot be written.
        """
        path = self._out / name
        with _refusals(path):
            try:
                self._disk.remove(path)
            except (FileNotFoundError, NotADirectoryError):
                return False
        self._touched.add(path.parent)
        return True

    def note_folders(self, top: str) -> None:
        """Let `settle` wait for the folders of `out`/`top` too: workers wrote into them."""
        folder = self._out / top
        if folder.is_dir():
            self._touched |= {self._out, folder, *(one for one in folder.iterdir() if one.is_dir())}

    def settle(self) -> None:
        """Wait until every name that was given is on the disk."""
        with _refusals(self._out):
            for folder in sorted(self._touched):
                self._disk.sync_folder(folder)
        self._touched.clear()

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True)
            self._touched.add(folder.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`: one run at a time does what is inside; the lock dies with its process."""
    import fcntl

    with _refusals(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _CLOSED_IN_CHILDREN, SECRET_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def refuse_existing(path: Path) -> None:
    """Raise OutputRefused when something has this name: told before any work is done."""
    if os.path.lexists(path):
        raise OutputRefused("exists", path=path)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except (FileNotFoundError, NotADirectoryError):
        return False


def _locked_folder(out: Path) -> tuple[Path, int]:
    """Make a staging folder and lock it; another run's sweep may take it before the lock holds."""
    import fcntl
    import tempfile

    while True:
        folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=out))
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if folder.exists():
            return folder, descriptor
        os.close(descriptor)


def _sweep(out: Path) -> None:
    import fcntl
    import shutil

    for folder in out.glob(f"{_STAGING}*"):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(descriptor)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Turn an error of the system into a refusal with its sentence."""
    try:
        yield
    except FileExistsError as error:
        raise OutputRefused("exists", path=path) from error
    except OSError as error:
        raise OutputRefused("unwritable", path=error.filename or path, reason=error.strerror) from error
