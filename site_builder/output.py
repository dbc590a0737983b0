"""The folder the site is written to: nothing leaves it, nothing foreign in it is touched (promise P25).

The builder signs what it writes in ``.cje-build.json`` (path and SHA-256). Only files of that list are ever
deleted or replaced. ``w/`` and ``trust/`` belong to the issuer and are never opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from site_builder.errors import OutputRefused

__all__ = ["LEDGER", "NOT_OURS", "Output", "WriteReport", "checked_path"]

LEDGER = ".cje-build.json"
NOT_OURS = frozenset({"w", "trust"})
# ext4, APFS and NTFS all stop at 255 bytes (or units) a name.
MAX_NAME_BYTES = 255


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


def checked_path(path: str) -> PurePosixPath:
    """Return `path` when it is a plain relative path that stays in the output folder and out of the issuer's.

    Raises:
        OutputRefused: absolute, ``..``, empty or dotted part, backslash, control character, name too long.
    """
    parts = path.split("/")
    for part in parts:
        if (
            part in {"", ".", ".."}
            or "\\" in part
            or any(ord(char) < 32 or ord(char) == 127 for char in part)
            or len(part.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES
        ):
            raise OutputRefused(
                f"Le chemin {path!r} sort du dossier de sortie ou n'est pas un nom de fichier."
            )
    if parts[0] in NOT_OURS:
        raise OutputRefused(
            f"Le dossier {parts[0]}/ appartient à l'émission des bons : rien n'y est construit."
        )
    return PurePosixPath(path)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(slots=True)
class Output:
    """One output folder, its ledger read. Made by `Output.open`, which writes nothing."""

    root: Path
    ledger: dict[str, set[str]] = field(default_factory=dict)

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
            raise OutputRefused(
                f"{root} est un fichier, pas un dossier : choisissez un autre --out."
            ) from None
        except PermissionError:
            raise OutputRefused(f"Le dossier {root} n'est pas lisible par ce compte.") from None
        if LEDGER in entries:
            output.ledger = _read_ledger(root / LEDGER)
        elif entries - NOT_OURS:
            example = sorted(entries - NOT_OURS)[0]
            raise OutputRefused(
                f"Le dossier {root} contient déjà des fichiers qui ne viennent pas de ce constructeur "
                f"(par exemple {example}) : choisissez un dossier vide, rien n'a été touché."
            )
        output._check_writable()
        return output

    def _check_writable(self) -> None:
        place = self.root
        while not place.exists():
            place = place.parent
        effective = os.access in os.supports_effective_ids
        if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK, effective_ids=effective):
            raise OutputRefused(
                f"Impossible d'écrire dans {self.root} : le dossier {place} n'est pas modifiable."
            )

    def write(self, files: Mapping[str, bytes]) -> WriteReport:
        """Make the folder hold exactly `files` (and what is not ours), in the order given.

        A file equal on disk is left alone; a changed one is replaced in one step. Before the first change the
        ledger names old and new files, so that a build that was killed is recognised by the next one.

        Raises:
            OutputRefused: before anything is written: an unsafe path, a symbolic link, a foreign file.
        """
        changed = [path for path in files if self._differs(path, files[path])]
        try:
            return self._apply(files, changed)
        except PermissionError as error:
            raise OutputRefused(
                f"Impossible d'écrire {error.filename} : le dossier n'est pas modifiable."
            ) from None

    def _differs(self, path: str, data: bytes) -> bool:
        target = self.root / checked_path(path)
        self._refuse_links(target)
        current = _read_plain(target)
        if current == data:
            return False
        if current is not None and path not in self.ledger and not target.is_symlink():
            raise OutputRefused(
                f"{target} existe et n'a pas été écrit par ce constructeur : "
                "déplacez-le ou choisissez un autre --out, rien n'a été touché."
            )
        return True

    def _refuse_links(self, target: Path) -> None:
        for parent in target.relative_to(self.root).parents[:-1]:
            place = self.root / parent
            if place.is_symlink():
                raise OutputRefused(
                    f"{place} est un lien symbolique : le site ne s'écrit que dans {self.root}."
                )
            if place.exists() and not place.is_dir():
                raise OutputRefused(f"{place} est un fichier à la place d'un dossier : déplacez-le.")

    def _apply(self, files: Mapping[str, bytes], changed: list[str]) -> WriteReport:
        digests = {path: {_digest(data)} for path, data in files.items()}
        stale = [path for path in self.ledger if path not in digests]
        self.root.mkdir(parents=True, exist_ok=True)
        if changed or stale or self.ledger != digests:
            merged = {p: self.ledger.get(p, set()) | digests.get(p, set()) for p in {*self.ledger, *digests}}
            self._replace(LEDGER, _ledger_bytes(merged))
        for path in changed:
            self._replace(path, files[path])
        deleted, kept = self._sweep(stale)
        self._replace(LEDGER, _ledger_bytes(digests))
        self.ledger = digests
        return WriteReport(tuple(changed), len(files) - len(changed), tuple(deleted), tuple(kept))

    def _replace(self, path: str, data: bytes) -> None:
        target = self.root / path
        if _read_plain(target) == data:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = self.root / f".cje-new-{os.getpid()}"
        draft.unlink(missing_ok=True)
        with draft.open("xb") as file:
            file.write(data)
        draft.replace(target)

    def _sweep(self, stale: list[str]) -> tuple[list[str], list[str]]:
        deleted, kept = [], []
        for path in sorted(stale):
            target = self.root / checked_path(path)
            self._refuse_links(target)
            current = _read_plain(target)
            if current is None:
                continue
            if _digest(current) not in self.ledger[path]:
                kept.append(path)
                continue
            target.unlink()
            deleted.append(path)
            self._drop_empty_folders(target.parent)
        return deleted, kept

    def _drop_empty_folders(self, folder: Path) -> None:
        while folder != self.root and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def _read_plain(path: Path) -> bytes | None:
    """The bytes of a regular file; None when absent or anything else. A link is never followed."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        if path.is_symlink():
            return None
        raise
    with os.fdopen(handle, "rb") as file:
        return file.read() if stat.S_ISREG(os.fstat(handle).st_mode) else None


def _ledger_bytes(files: Mapping[str, set[str]]) -> bytes:
    tree = {
        "format": "cje-build",
        "version": 1,
        "files": {path: sorted(files[path]) for path in sorted(files)},
    }
    return json.dumps(tree, ensure_ascii=False, indent=0).encode() + b"\n"


def _read_ledger(path: Path) -> dict[str, set[str]]:
    try:
        tree = json.loads(path.read_bytes())
        if tree["format"] != "cje-build" or tree["version"] != 1:
            raise ValueError
        return {str(checked_path(name)): set(digests) for name, digests in tree["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OutputRefused(
            f"{path} n'est pas lisible : videz le dossier de sortie ou choisissez-en un autre."
        ) from None
