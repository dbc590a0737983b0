"""The folder the site is written to: nothing leaves it, nothing foreign in it is touched (promise P25).

The builder signs what it writes in ``.cje-build.json`` (path and SHA-256). Only files of that list are ever
deleted or replaced. ``w/`` and ``trust/`` belong to the issuer and are never opened.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from cje.machine.file_stamp import StampCheck
from site_builder.errors import OutputRefused
from site_builder.files.staging import DRAFTS, NEW, Made, OnDisk, Stage, read_plain, stage_in

__all__ = ["LEDGER", "NOT_OURS", "Output", "WriteReport", "checked_path"]

LEDGER = ".cje-build.json"
NOT_OURS = frozenset({"w", "trust"})
# ext4, APFS and NTFS all stop at 255 bytes (or units) a name.
MAX_NAME_BYTES = 255
# Lines of the ledger that are written together.
_AT_ONCE = 1_000
# What nearly all paths look like; any other is looked at part by part.
_PLAIN = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,99}/)*[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What one build changed on disk; paths relative to the output folder.

    Attributes:
        kept: stale files of an earlier build that somebody has edited since, left in place.
    """

    written: tuple[str, ...]
    unchanged: int
    deleted: tuple[str, ...]
    kept: tuple[str, ...]


def checked_path(path: str) -> str:
    """Return `path` when it is a plain relative path that stays in the output folder and out of the issuer's.

    Raises:
        OutputRefused: absolute, ``..``, empty or dotted part, backslash, control character, name too long.
    """
    if _PLAIN.fullmatch(path) is None and any(map(_is_unsafe, path.split("/"))):
        raise OutputRefused("path", path=repr(path))
    first = path.partition("/")[0]
    if first in NOT_OURS:
        raise OutputRefused("issuers_folder", folder=first)
    return path


def _is_unsafe(part: str) -> bool:
    return (
        part in {"", ".", ".."}
        or "\\" in part
        or any(ord(char) < 32 or ord(char) == 127 for char in part)
        or len(part.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES
    )


@dataclass(slots=True)
class Output:
    """One output folder, its ledger read. Made by `Output.open`, which writes nothing."""

    root: Path
    ledger: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def open(cls, root: Path) -> Output:
        """Look at the folder and refuse what is not ours.

        Raises:
            OutputRefused: not a folder, not writable, or it holds files and no ledger of ours.
        """
        output = cls(root)
        try:
            entries = {entry.name for entry in root.iterdir()} if root.exists() else set()
        except NotADirectoryError:
            raise OutputRefused("a_file", path=root) from None
        except PermissionError:
            raise OutputRefused("unreadable", path=root) from None
        if LEDGER in entries:
            output.ledger = _read_ledger(root / LEDGER)
        elif foreign := {name for name in entries - NOT_OURS if not DRAFTS.fullmatch(name)}:
            example = sorted(foreign)[0]
            raise OutputRefused("foreign_folder", path=root, example=example)
        output._check_writable()
        return output

    def _check_writable(self) -> None:
        place = self.root
        while not place.exists():
            place = place.parent
        effective = os.access in os.supports_effective_ids
        if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK, effective_ids=effective):
            raise OutputRefused("unwritable_folder", path=self.root, place=place)

    @contextmanager
    def stage(
        self, known: Mapping[str, OnDisk] | None = None, look: StampCheck | None = None
    ) -> Iterator[Stage]:
        """Where to put the files of a new build, `commit` comes after.

        Raises:
            OutputRefused: another build is at work there, or the folder is not writable.
        """
        with self._told_when_locked(), stage_in(self.root, self.ledger, known or {}, look) as stage:
            yield stage

    def write(self, files: Mapping[str, bytes]) -> WriteReport:
        """Make the folder hold exactly `files` (and what is not ours), in the order given.

        Raises:
            OutputRefused: before anything is written: an unsafe path, a symbolic link, a foreign file.
        """
        for path in files:
            checked_path(path)
        with self.stage() as stage:
            return self.commit(stage, [stage.put(path, data) for path, data in files.items()])

    def commit(self, stage: Stage, made: Sequence[Made]) -> WriteReport:
        """Put the drafts in their places, in the order given, each in one step; delete what is stale.

        A file equal on disk is left alone. Before the first change the ledger names old and new files, so
        that a build that was killed is recognised by the next one.
        """
        with self._told_when_locked():
            return self._apply(stage, made)

    @contextmanager
    def _told_when_locked(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise OutputRefused("unwritable", path=error.filename) from None

    def _apply(self, stage: Stage, made: Sequence[Made]) -> WriteReport:
        digests: dict[str, tuple[str, ...]] = {file.path: (file.digest,) for file in made}
        changed = [file for file in made if file.draft is not None]
        stale = [path for path in self.ledger if path not in digests]
        if changed or stale:
            self._replace_ledger(stage, _either(self.ledger, digests))
        moved: set[str] = set()
        for file in changed:
            self._move_in(stage, file.path, file.waits_at, moved)
        deleted, kept = self._sweep(stale)
        self._replace_ledger(stage, digests)
        written = tuple(file.path for file in changed)
        return WriteReport(written, len(made) - len(changed), tuple(deleted), tuple(kept))

    def _move_in(self, stage: Stage, path: str, draft: str, moved: set[str]) -> None:
        """Rename a draft, or the highest folder above it that the site lacks, with all that is in it."""
        parts = path.split("/") if draft.startswith(f"{NEW}/") else []
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder in moved:
                return
            if not (self.root / folder).exists():
                (stage.folder / NEW / folder).replace(self.root / folder)
                moved.add(folder)
                return
        os.replace(f"{stage.folder}/{draft}", f"{self.root}/{path}")  # noqa: PTH105 - ten thousand times

    def _replace_ledger(self, stage: Stage, files: dict[str, tuple[str, ...]]) -> None:
        if files == self.ledger:
            return
        draft = stage.folder / "0-0"
        with draft.open("wb") as file:
            file.writelines(_ledger_lines(files))
        draft.replace(self.root / LEDGER)
        self.ledger = files

    def _sweep(self, stale: list[str]) -> tuple[list[str], list[str]]:
        deleted, kept = [], []
        for path in sorted(stale):
            target = self.root / checked_path(path)
            self._refuse_links(target)
            current = read_plain(str(target))
            if current is None:
                continue
            if hashlib.sha256(current).hexdigest() not in self.ledger[path]:
                kept.append(path)
                continue
            target.unlink()
            deleted.append(path)
            self._drop_empty_folders(target.parent)
        return deleted, kept

    def _refuse_links(self, target: Path) -> None:
        for parent in target.relative_to(self.root).parents[:-1]:
            if (self.root / parent).is_symlink():
                raise OutputRefused("link", path=self.root / parent, root=self.root)

    def _drop_empty_folders(self, folder: Path) -> None:
        while folder != self.root and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def _either(
    before: dict[str, tuple[str, ...]], after: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Every path with each of its digests."""
    both = dict(after)
    for path, old in before.items():
        new = both.setdefault(path, old)
        if new != old:
            both[path] = tuple(sorted({*old, *new}))
    return both


class _Ledger(msgspec.Struct):
    """What `.cje-build.json` holds."""

    format: Literal["cje-build"]
    version: Literal[1]
    files: dict[str, tuple[str, ...]]


def _ledger_lines(files: dict[str, tuple[str, ...]]) -> Iterator[bytes]:
    """The ledger by path, never held whole: of a hundred thousand pages it takes 14 MB."""
    yield msgspec.json.encode(_Ledger("cje-build", 1, {})).removesuffix(b"}}")
    paths = sorted(files)
    for start in range(0, len(paths), _AT_ONCE):
        some = {path: files[path] for path in paths[start : start + _AT_ONCE]}
        yield (b"," if start else b"") + msgspec.json.encode(some)[1:-1]
    yield b"}}\n"


def _read_ledger(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        files = msgspec.json.decode(path.read_bytes(), type=_Ledger).files
    except ValueError:
        raise OutputRefused("ledger", path=path) from None
    for name in files:
        checked_path(name)
    return files
