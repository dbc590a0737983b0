"""What the last build of a folder left behind: a cache beside content/ that is safe to delete.

For each file of the site: a key that names all it was made from, its SHA-256, and how it lay on the disk. A
file is left alone only when all three still hold; everything else is made again, so that the result is the
same as without this cache.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgspec

from cje.machine.cache_file import cache_path, read_cache, write_cache
from cje.machine.file_stamp import StampCheck
from site_builder.files.staging import TICK_NS, Made, OnDisk, seen_on_disk
from site_builder.pages.catalogue_parts import Laid

__all__ = ["Remembered"]

_FORMAT = 3


class _Held(msgspec.Struct):
    """The cache's file."""

    format: int
    frame: str
    keys: dict[str, str]
    files: dict[str, OnDisk]
    laid: dict[str, Laid]


@dataclass(slots=True)
class Remembered:
    """What is known of one output folder.

    Attributes:
        frame: names what every page depends on; empty when nothing is known.
        keys: published path to the key of what it was made from.
        files: published path to how it lay on the disk.
        laid: language to the layout of its catalogue.json.
        look: a look at all of these, taken before.
        now_ns: the time, to tell files that have just been written.
    """

    path: Path
    frame: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, OnDisk] = field(default_factory=dict)
    laid: Mapping[str, Laid] = field(default_factory=dict)
    look: StampCheck | None = None
    now_ns: Callable[[], int] = time.time_ns

    @classmethod
    def of(cls, content: Path, out: Path, look: StampCheck | None = None) -> Remembered:
        """Read what is known of `out`, in the cache beside `content`; `look` was taken at its files."""
        path = cache_path(content, "site", out)
        sealed = read_cache(path, _Held)
        if sealed is None or sealed.value.format != _FORMAT:
            return cls(path)
        held, same = sealed.value, look is not None and look.checksum == sealed.checksum
        return cls(path, held.frame, held.keys, held.files, held.laid, look if same else None)

    def save(
        self,
        root: Path,
        frame: str,
        made: Iterable[Made],
        keys: dict[str, str | None],
        laid: dict[str, Laid],
    ) -> None:
        """Keep what this build left, but for files whose times could stay the same over one more change.

        Args:
            keys: of every file that has one; it is ours from now on.
        """
        files: dict[str, OnDisk] = {}
        late = self._seen(root, made, files)
        for _ in range(5):
            if late:
                # A fast machine is here within the clock's tick of its last renames: they are worth the wait.
                time.sleep(TICK_NS / 4e9)
                late = self._seen(root, late, files)
        for path in [path for path, key in keys.items() if key is None or path not in files]:
            del keys[path]
        if (frame, keys, files) == (self.frame, self.keys, self.files):
            return
        write_cache(self.path, _Held(_FORMAT, frame, cast(dict[str, str], keys), files, laid))

    def _seen(self, root: Path, made: Iterable[Made], files: dict[str, OnDisk]) -> list[Made]:
        """Fill in how files lie on the disk; return those that were written just now."""
        late = []
        for file in made:
            old = self.files.get(file.path)
            same = file.draft is None and old is not None and old.digest == file.digest
            seen = old if same else seen_on_disk(f"{root}/{file.path}", file.digest, self.now_ns)
            if seen is None:
                late.append(file)
            else:
                files[file.path] = seen
        return late
