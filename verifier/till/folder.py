"""A till on disk: its profile, its key, its trust files, its journal.

    till.json         partner, name, demo, floors of the build, where the journal is
    till.key          the till's own seed, 0600
    pairing.key       once it was paired, the partner's short-code key, 0600
    trust/            root-1.cbor (the anchor) … root-N.cbor, list.cbor, state.json
    journal.sqlite    unless the shop has one journal on a server

A file is replaced by a whole one or not at all; a folder appears whole or not at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from cje.errors import OutputRefused
from cje.files import Disk, read_capped
from verifier.errors import BadInput, NoTill
from verifier.till import key as till_key
from verifier.till.database import Database, opened
from verifier.till.journal import Journal
from verifier.till.sqlite import Sqlite
from verifier.trust_store import MAX_FILE, Build, Report, TrustStore, restore
from verifier.views import TillProfile

MAX_NAME: Final = 80
_PROFILE: Final = "till.json"
_KEY: Final = "till.key"
_JOURNAL: Final = "journal.sqlite"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a till was set up with: who it is, its build, its public key, and where its journal is.

    `journal` is None for the folder's own file, else the URL of the shop's.
    """

    till: TillProfile
    build: Build
    key: bytes
    journal: str | None = None


@dataclass(frozen=True, slots=True)
class TillFolder:
    """A till's folder, which exists."""

    path: Path

    @property
    def journal(self) -> Path:
        return self.path / _JOURNAL

    @property
    def key(self) -> Path:
        return self.path / _KEY

    @property
    def pairing(self) -> Path:
        return self.path / "pairing.key"

    @property
    def trust(self) -> Path:
        return self.path / "trust"

    def profile(self) -> Profile:
        """Return who this till is.

        Raises:
            NoTill: no till's folder, or a broken one.
        """
        try:
            value = json.loads((self.path / _PROFILE).read_text(encoding="utf-8"))
            till = TillProfile(str(value["partner"]), str(value["name"]), value["demo"] is True)
            anchor = read_capped(self.trust / "root-1.cbor", MAX_FILE)
            floors = (int(value["floor_version"]), int(value["floor_time"]))
            build, url = Build(anchor, till.demo, *floors), value.get("journal")
            return Profile(till, build, bytes.fromhex(value["key"]), None if url is None else str(url))
        except (FileNotFoundError, NotADirectoryError, KeyError, TypeError, ValueError):
            raise NoTill(path=self.path) from None

    def open_journal(self, profile: Profile) -> Journal:
        """Open the till's journal, in its folder or on the shop's server.

        Raises:
            JournalDamaged: it is not there, or not this till's. JournalUnreachable: no answer.
        """
        with opened(self._database(profile.journal)) as database:
            return Journal.open(database, profile.key)

    def begin_journal(self, profile: Profile) -> Journal:
        """Begin a journal for a till's new key."""
        with opened(self._new_database(profile.journal)) as database:
            return Journal.begin(database, profile.key, profile.till.name)

    def _database(self, url: str | None) -> Database:
        if url is None:
            return Sqlite.connect(self.journal)
        from verifier.till.postgresql import PostgreSQL

        return PostgreSQL(url)

    def _new_database(self, url: str | None) -> Database:
        if url is None:
            return Sqlite.create(self.journal)
        from verifier.till.postgresql import PostgreSQL

        return PostgreSQL.create(url)

    def load(self, build: Build, partner: str) -> TrustStore:
        """Return the trust that was saved, every file verified again."""
        state = self._state()
        roots = sorted(self.trust.glob("root-*.cbor"), key=lambda path: int(path.stem[5:]))
        files = [read_capped(path, MAX_FILE) for path in roots]
        trust = self.trust / "list.cbor"
        data = read_capped(trust, MAX_FILE) if trust.exists() else None
        reports = tuple(
            Report(str(r["kind"]), int(r["version"]), bytes.fromhex(r["kept"]), bytes.fromhex(r["refused"]))
            for r in state.get("reports", ())
        )
        return restore(build, partner, files, data, int(state.get("floor", 0)), reports)

    def save(self, store: TrustStore) -> None:
        """Write the trust in force: state first, so that a floor is never lost, then roots, then the list."""
        reports = [
            {"kind": r.kind, "version": r.version, "kept": r.kept.hex(), "refused": r.refused.hex()}
            for r in store.reports
        ]
        state = json.dumps({"floor": store.floor, "reports": reports}, indent=1).encode()
        Disk().replace(self.trust / "state.json", state)
        for file in store.roots:
            target = self.trust / f"root-{file.root.version}.cbor"
            if not target.exists():
                Disk().replace(target, file.data)
        trust = self.trust / "list.cbor"
        if store.installed is not None:
            Disk().replace(trust, store.installed.data)
        else:
            trust.unlink(missing_ok=True)

    def stamp(self) -> tuple[int, ...]:
        """Return what changes whenever another process has saved: see `save`."""
        found = [self.trust / "state.json", self.trust / "list.cbor"]
        stats = [path.stat() for path in found if path.exists()]
        return tuple(value for stat in stats for value in (stat.st_mtime_ns, stat.st_ino, stat.st_size))

    def _state(self) -> dict[str, Any]:
        try:
            value = json.loads((self.trust / "state.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}


def create(
    path: Path, till: TillProfile, store: TrustStore, seed: bytes, journal: str | None = None
) -> TillFolder:
    """Make a till's folder from its profile, its first trust, 32 random bytes and, if any, the journal's URL.

    Raises:
        OutputRefused: something stands at `path`, even an empty folder's content.
        BadInput: a name that is empty, too long or has control characters.
    """
    import shutil
    import tempfile

    if not 1 <= len(till.name) <= MAX_NAME or not till.name.isprintable():
        raise BadInput("till_name", limit=MAX_NAME)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise OutputRefused("exists", path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        _fill(TillFolder(staging), till, store, seed, journal)
        staging.rename(path)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    Disk().sync_folder(path.parent)
    return TillFolder(path)


def change_key(folder: TillFolder, key: bytes) -> Profile:
    """Write a new public key into a till's profile, beside the new key file."""
    profile = replace(folder.profile(), key=key)
    _write_profile(folder, profile)
    return profile


def _fill(folder: TillFolder, till: TillProfile, store: TrustStore, seed: bytes, journal: str | None) -> None:
    folder.trust.mkdir()
    profile = Profile(till, store.build, till_key.create(folder.key, seed), journal)
    folder.save(store)
    _write_profile(folder, profile)
    folder.begin_journal(profile).close()


def _write_profile(folder: TillFolder, profile: Profile) -> None:
    till, build = profile.till, profile.build
    value = {
        "partner": till.partner,
        "name": till.name,
        "demo": till.demo,
        "floor_version": build.floor_version,
        "floor_time": build.floor_time,
        "key": profile.key.hex(),
        "journal": profile.journal,
    }
    Disk().replace(folder.path / _PROFILE, json.dumps(value, indent=1, ensure_ascii=False).encode())
