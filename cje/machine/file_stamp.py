"""How to tell that a file was not touched: by what the system says of it, never by its bytes."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

import msgspec

from cje.machine.cache_file import read_cache

__all__ = ["FileStamp", "StampCheck", "check_stamps", "read_stamp"]


class FileStamp(NamedTuple):
    """What the system says of a regular file: bytes, nanoseconds since 1970, its number.

    Who writes a file can set its `modified_ns`, never its `changed_ns`.
    """

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


def read_stamp(path: str) -> FileStamp | None:
    """Look at a file; None for what is absent, a link, or anything but a regular file."""
    try:
        state = os.lstat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(state.st_mode):
        return None
    return FileStamp(state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)


class StampCheck(msgspec.Struct, array_like=True):
    """One look at all files that a cache names.

    Attributes:
        checksum: of the cache that was looked into; a look says nothing of any other.
        changed: the names of files that are not as the cache says, or stand in a folder that is a link.
    """

    checksum: str
    changed: frozenset[str]


class _Record(msgspec.Struct, array_like=True):
    """What any cache of files says first of each."""

    stamp: FileStamp | None


class _Files(msgspec.Struct):
    """A cache of files: a record for each name, among other things."""

    files: dict[str, _Record]


def check_stamps(cache: Path, before: str, after: str = "") -> StampCheck | None:
    """Look at each file that a cache names; None without a cache.

    Args:
        before, after: what stands around a name to make its path.
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
    """Whether a folder, and each above it, is one and no link."""
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
