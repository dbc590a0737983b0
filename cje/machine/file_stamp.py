"""Size, times and inode of files, to detect that a file has changed without reading it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

import msgspec

from cje.machine.cache_file import read_cache

__all__ = ["FileStamp", "StampCheck", "check_stamps", "read_stamp"]


class FileStamp(NamedTuple):
    """The stamp of a regular file, from `lstat`.

    Attributes:
        size: in bytes.
        modified_ns: mtime, nanoseconds since 1970. The owner of a file can set it to any value.
        changed_ns: ctime, nanoseconds since 1970. Only the system sets it.
        inode: the file's number in its file system.
    """

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


def read_stamp(path: str) -> FileStamp | None:
    """Return the stamp of a file; None when it is absent or not a regular file. Links are not followed."""
    try:
        state = os.lstat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(state.st_mode):
        return None
    return FileStamp(state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)


class StampCheck(msgspec.Struct, array_like=True):
    """The result of one comparison of all files in a cache with the disk.

    Attributes:
        checksum: of the cache that was compared. The result is valid for this cache only.
        changed: names of files whose stamp is not the one in the cache, or that lie below a symbolic link.
    """

    checksum: str
    changed: frozenset[str]


class _Record(msgspec.Struct, array_like=True):
    """The first element of a file's record. Every cache of files begins its records with it."""

    stamp: FileStamp | None


class _Files(msgspec.Struct):
    """The part that all caches of files share: a record for each name. Other fields are ignored."""

    files: dict[str, _Record]


def check_stamps(cache: Path, before: str, after: str = "") -> StampCheck | None:
    """Compare each file in a cache with the disk; return None without a cache.

    Args:
        cache: the cache, as `write_cache` wrote it.
        before: the text before a file's name in its path.
        after: the text after a file's name in its path.
    """
    sealed = read_cache(cache, _Files)
    if sealed is None:
        return None
    folders = {"": True}
    changed = [
        name
        for name, record in sealed.value.files.items()
        if record.stamp is None
        or read_stamp(f"{before}{name}{after}") != record.stamp
        or not _is_real(before, name.rpartition("/")[0], folders)
    ]
    return StampCheck(sealed.checksum, frozenset(changed))


def _is_real(before: str, folder: str, known: dict[str, bool]) -> bool:
    """Return whether a folder and each of its parents below `before` is a folder and no symbolic link."""
    real = known.get(folder)
    if real is None:
        above = folder.rpartition("/")[0]
        real = known[folder] = _is_real(before, above, known) and _is_folder(f"{before}{folder}")
    return real


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False
