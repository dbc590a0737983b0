"""From the folder that was published to where the site is served: any storage that fsspec knows.

The folder is the truth: what it has is sent, what it no longer has is taken away. An object store puts an
object whole or not at all; on a file system the name is given last. Cards go first and the lists' index last,
so that nothing names what is not there yet.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import fsspec

from issuer.errors import UploadRefused
from issuer.publishing.publication import Progress, silent

INDEX: Final = "trust/index.json"
FOLDERS: Final = ("w", "trust")
# Storages that show an object whole or not at all; a folder does by its rename.
WHOLE: Final = ("file", "s3", "gs", "gcs", "abfs", "az", "oss", "memory")
_STAMP: Final = "sent-"


@dataclass(frozen=True, slots=True)
class Sent:
    """How many files were sent, were there already, and were taken away."""

    sent: int
    same: int
    removed: int


def send(folder: Path, url: str, memory: Path, progress: Progress[str] = silent) -> Sent:
    """Make `url` hold what `folder` holds of cards and lists. Stopped anywhere, it is run again.

    Args:
        memory: a folder that keeps when this was last sent, and so which files are newer; the state's.
        url: `s3://bucket/prefix`, `gs://…`, `memory://…`, or a path.

    Raises:
        UploadRefused: nothing was published in the folder, or the storage refuses.
    """
    if not (folder / INDEX).is_file():
        raise UploadRefused("nothing_published", path=folder)
    check(url)
    try:
        storage, root = fsspec.core.url_to_fs(url)
        return _send(folder, storage, root.rstrip("/"), memory / _stamp_name(folder, url), progress)
    except (OSError, ImportError, ValueError) as error:
        raise UploadRefused("storage", url=url, reason=error) from error


def check(url: str) -> None:
    """Refuse a storage that could show half a file, or whose driver is not installed.

    Raises:
        UploadRefused: with what to do.
    """
    protocol = url.partition("://")[0] if "://" in url else "file"
    if protocol not in WHOLE:
        raise UploadRefused("storage_unknown", url=url, known=", ".join(WHOLE))
    try:
        fsspec.core.url_to_fs(url)
    except (OSError, ImportError, ValueError) as error:
        raise UploadRefused("storage", url=url, reason=error) from error


def _send(folder: Path, storage: Any, root: str, stamp: Path, progress: Progress[str]) -> Sent:
    before = stamp.stat().st_mtime_ns if stamp.exists() else 0
    making = stamp.with_name(f"{stamp.name}.new")
    making.write_bytes(b"")  # its time is that of the beginning
    here, there = sorted(_local(folder), key=_order), _remote(storage, root)
    count = 0
    for name in progress(here):
        found = (folder / name).stat()
        if there.get(name) != found.st_size or found.st_mtime_ns >= before:
            _put(storage, folder / name, f"{root}/{name}")
            count += 1
    gone = sorted(there.keys() - set(here))
    for name in gone:
        storage.rm_file(f"{root}/{name}")
    os.replace(making, stamp)  # noqa: PTH105 (its time must stay)
    return Sent(count, len(here) - count, len(gone))


def _local(folder: Path) -> Iterator[str]:
    for top in FOLDERS:
        for parent, _, names in os.walk(folder / top):
            for name in names:
                yield Path(parent, name).relative_to(folder).as_posix()


def _order(name: str) -> tuple[bool, bool, str]:
    return name == INDEX, not name.startswith("w/"), name


def _remote(storage: Any, root: str) -> dict[str, int]:
    """Sizes by name; half-sent files are among them, and go."""
    found: dict[str, int] = {}
    for top in FOLDERS:
        if storage.exists(f"{root}/{top}"):
            for path, info in storage.find(f"{root}/{top}", detail=True).items():
                found[path.removeprefix(f"{root}/")] = int(info["size"] or 0)
    return found


def _put(storage: Any, source: Path, target: str) -> None:
    if "file" not in storage.protocol:
        storage.pipe_file(target, source.read_bytes())
        return
    storage.makedirs(target.rpartition("/")[0], exist_ok=True)
    temporary = f"{target}.sending"
    storage.put_file(str(source), temporary)
    os.replace(temporary, target)  # noqa: PTH105


def _stamp_name(folder: Path, url: str) -> str:
    return _STAMP + hashlib.sha256(f"{folder.resolve()}\n{url}".encode()).hexdigest()[:16]
