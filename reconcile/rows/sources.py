"""Where exports come from: files, folders, and whatever fsspec reaches (`s3://…`, `sftp://…`, `memory://…`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reconcile.errors import ExportRefused
from voucher.journal import MAX_EXPORT

PEEK: Final = 4096  # bytes that hold the head of an export
_UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Source:
    """One file that may be an export. `stamp` is what its file system says of its version."""

    place: str
    size: int
    stamp: str

    def peek(self) -> bytes:
        """Return its first bytes.

        Raises:
            OSError: it cannot be read.
        """
        return self._read(0, PEEK)

    def read(self) -> bytes:
        """Return it whole.

        Raises:
            ExportRefused: over the cap, of which nothing is read, or empty. OSError: it cannot be read.
        """
        if self.size > MAX_EXPORT:
            raise ExportRefused("too_big", size=self.size // 2**20, cap=MAX_EXPORT // 2**20)
        if self.size == 0:
            raise ExportRefused("empty")
        return self._read(0, MAX_EXPORT + 1)

    def _read(self, start: int, end: int) -> bytes:
        if "://" not in self.place:
            with Path(self.place).open("rb") as file:
                return file.read(end - start)
        fs, path = _file_system(self.place)
        data: bytes = fs.cat_file(path, start=start, end=end)
        return data


def find(places: Iterable[str]) -> Iterator[Source]:
    """Yield every file at the places, folders walked in order of names; hidden files are left out.

    What cannot be looked at is yielded too, with a size of −1: reading it says why.
    """
    for place in places:
        if "://" in place:
            yield from _remote(place)
        else:
            yield from _local(Path(place))


def _local(path: Path) -> Iterator[Source]:
    try:
        if path.is_dir():
            for below in sorted(path.iterdir()):
                if not below.name.startswith("."):
                    yield from _local(below)
            return
        facts = path.stat()
    except OSError:
        yield Source(str(path), _UNKNOWN, "")
        return
    yield Source(str(path), facts.st_size, f"{facts.st_mtime_ns}:{facts.st_ino}")


def _remote(place: str) -> Iterator[Source]:
    fs, root = _file_system(place)
    fs.invalidate_cache()
    if not fs.exists(root):
        yield Source(place, _UNKNOWN, "")
        return
    prefix = place.partition("://")[0] + "://"
    for path in [root] if fs.isfile(root) else sorted(fs.find(root)):
        if not path.rpartition("/")[2].startswith("."):
            facts = fs.info(path)
            stamp = (
                facts.get("ETag") or facts.get("LastModified") or facts.get("mtime") or facts.get("created")
            )
            yield Source(prefix + path.lstrip("/"), int(facts["size"]), str(stamp))


def _file_system(place: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    fs, path = url_to_fs(place)
    return fs, str(path)
