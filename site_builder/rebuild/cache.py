"""The cache of the last build of a folder, beside content/. It can be deleted at any time.

It holds for each file of the site the key of its inputs, its SHA-256 and its stamp. A file is kept only when
all three are unchanged. Any other file is made again, so the result is the same as without this cache.
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
    """The content of the cache's file."""

    format: int
    frame: str
    keys: dict[str, str]
    files: dict[str, OnDisk]
    laid: dict[str, Laid]


@dataclass(slots=True)
class Remembered:
    """The last build of one output folder.

    Attributes:
        path: the cache's file.
        frame: the key of the inputs that all pages share; empty without a cache.
        keys: published path to the key of the file's inputs.
        files: published path to the file's stamp and digest.
        laid: language to the layout of its catalogue.json.
        look: the result of `check_stamps` on this cache.
        now_ns: returns the time in nanoseconds since 1970, to recognise files that have just been written.
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
        """Read the cache of `out` beside `content`; `look` is the result of `check_stamps` on it."""
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
        """Store this build. A file that could change again within its present mtime is left out.

        Args:
            root: the output folder.
            frame: the key of the inputs that all pages share.
            made: the files of this build.
            keys: the key of each file's inputs. This method changes the dictionary.
            laid: the layout of each catalogue.json.
        """
        files: dict[str, OnDisk] = {}
        late = self._seen(root, made, files)
        for _ in range(5):
            if late:
                # A fast machine gets here within one clock tick of its last renames. The wait is worth it.
                time.sleep(TICK_NS / 4e9)
                late = self._seen(root, late, files)
        for path in [path for path, key in keys.items() if key is None or path not in files]:
            del keys[path]
        if (frame, keys, files) == (self.frame, self.keys, self.files):
            return
        write_cache(self.path, _Held(_FORMAT, frame, cast(dict[str, str], keys), files, laid))

    def _seen(self, root: Path, made: Iterable[Made], files: dict[str, OnDisk]) -> list[Made]:
        """Add the stamps of files to `files`; return the files that are too new for a reliable stamp."""
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
