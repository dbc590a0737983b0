"""The files of content/, and files there that have a wrong name or place."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalogue.model.field_types import MAX_SLUG, SLUG_PATTERN
from catalogue.problems.did_you_mean import make_slug
from catalogue.problems.problem import Problem

SINGLE_FILES = ("categories", "programmes", "site", "theme")
FOLDERS = ("offers", "partners", "pages")
OPTIONAL_FOLDERS = ("campaigns",)
SUFFIX = ".yaml"
_SLUG = re.compile(SLUG_PATTERN)


class FilePaths(Mapping[str, str]):
    """The paths of one kind of files, by slug in alphabetical order.

    Paths are text, because 10,000 `Path` objects take as long as a whole check of unchanged files. They are
    composed on access, because 100,000 paths take more memory than the facts of their offers.
    """

    def __init__(self, before: str, slugs: Iterable[str] = ()) -> None:
        self._before, self._slugs = before, dict.fromkeys(slugs)

    def __getitem__(self, slug: str) -> str:
        if slug not in self._slugs:
            raise KeyError(slug)
        return f"{self._before}{slug}{SUFFIX}"

    def __contains__(self, slug: object) -> bool:
        return slug in self._slugs

    def __iter__(self) -> Iterator[str]:
        return iter(self._slugs)

    def __len__(self) -> int:
        return len(self._slugs)


@dataclass
class Folder:
    """The files of one content folder.

    Attributes:
        root: the resolved folder.
        shown: the folder as messages show it.
        files: paths by kind (`offers`…), then by slug.
        problems: missing files and wrong names.
    """

    root: Path
    shown: str
    files: dict[str, FilePaths] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def shown_path(self, path: str | Path) -> str:
        """Return a path as messages show it: `content/offers/x.yaml`."""
        return self.shown + os.fspath(path).removeprefix(os.fspath(self.root))


def list_folder(content: Path) -> Folder:
    """List content/ and report missing files, and files that no reader would read."""
    folder = Folder(content.resolve(), _shown(content))
    if not content.is_dir():
        folder.problems.append(Problem(folder.shown, "content-missing"))
        return folder
    for kind in FOLDERS:
        folder.files[kind] = _yaml_files(folder, folder.root / kind)
    for kind in OPTIONAL_FOLDERS:
        there = os.path.lexists(folder.root / kind)
        folder.files[kind] = _yaml_files(folder, folder.root / kind) if there else FilePaths("")
    for name in SINGLE_FILES:
        if not os.path.lexists(folder.root / f"{name}{SUFFIX}"):
            folder.problems.append(Problem(f"{folder.shown}/{name}{SUFFIX}", "file-missing"))
    return folder


def _shown(content: Path) -> str:
    try:
        return content.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return content.as_posix()


def _yaml_files(folder: Folder, path: Path) -> FilePaths:
    try:
        with os.scandir(path) as entries:
            names = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    except OSError:
        folder.problems.append(Problem(folder.shown_path(path), "folder-missing"))
        return FilePaths("")
    slugs = []
    for name in sorted(names):
        code = _name_fault(name, names[name])
        if code is None:
            slugs.append(name.removesuffix(SUFFIX))
        elif code:
            folder.problems.append(_misnamed(folder, path / name, code))
    return FilePaths(f"{path}{os.sep}", slugs)


def _name_fault(name: str, is_folder: bool) -> str | None:
    """Return None for a valid name, an empty text for a file to ignore, else the message's code."""
    slug = name.removesuffix(SUFFIX)
    if slug != name and not is_folder and len(slug) <= MAX_SLUG and _SLUG.fullmatch(slug):
        return None
    if name.startswith(".") or name.endswith("~"):
        return ""  # files of the system and backups of editors
    return "file-unexpected" if slug == name or is_folder else "file-name"


def _misnamed(folder: Folder, path: Path, code: str) -> Problem:
    # macOS writes « é » in NFD, which looks like NFC and compares unequal. Messages show NFC.
    name = unicodedata.normalize("NFC", path.name).encode("utf-8", "replace").decode("utf-8")
    slug = make_slug(name.removesuffix(SUFFIX).removesuffix(".yml"))
    shown = folder.shown_path(path.with_name(name))
    return Problem(shown, code, values={"name": name}, suggestion=f"{slug}{SUFFIX}" if slug else None)
