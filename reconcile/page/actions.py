"""What the operator's page does: the import, report and totals of the command line, for one store."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from cje.local_page.login import Door
from reconcile.errors import StoreRefused
from reconcile.figures import figures, totals
from reconcile.figures.settlement import Settlement
from reconcile.figures.totals import Totals
from reconcile.findings.report import Report, make
from reconcile.importing import accepting
from reconcile.importing.batch import Outcome
from reconcile.importing.importing import import_exports
from reconcile.page.uploads import Received, sweep
from reconcile.rows.registry import KnownTill
from reconcile.rows.sources import find
from reconcile.rows.store import Store
from voucher.civil import day_of

COOKIE: Final = "cje_office"

_FOLDER: Final = "received"
_REMEMBERED: Final = 20  # forms whose answers can be read again
_WAITING: Final = "unknown_till"


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of one uploaded file; `outcome` is None when it was over the cap."""

    name: str
    size: int
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A till that nobody has accepted yet, as its exports present it; `file` is one of them."""

    till: KnownTill
    file: str
    files: int


@dataclass
class Office:
    """One store, its page's door, and what this run has been told.

    Attributes:
        clock: seconds since 1970.
        took_up: files that an earlier run had received and not imported.
    """

    store: Store
    door: Door
    clock: Callable[[], int]
    took_up: int = 0
    _answers: dict[str, tuple[Handed, ...]] = field(default_factory=dict)
    _unknown: dict[bytes, set[str]] = field(default_factory=dict)
    _alone: threading.RLock = field(default_factory=threading.RLock)
    _seen: dict[str, tuple[object, Any]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where uploaded exports are kept: they are the evidence."""
        return Path(self.store.path(_FOLDER))

    def begin(self) -> None:
        """Take up what an earlier run had received when it ended.

        Raises:
            StoreRefused: the store is not on this machine, or another import runs.
        """
        if not self.store.local:
            raise StoreRefused("elsewhere", place=self.store.place)
        self.folder.mkdir(exist_ok=True)
        sweep(self.folder)
        done = self._import()
        self.took_up = sum(outcome.new > 0 for outcome in done.values())

    def take(self, received: Iterable[Received]) -> str:
        """Import uploaded files; return the name under which the answer is kept.

        Raises:
            StoreRefused: another import runs; the files stay, and are taken with the next ones.
        """
        files, seen, handed = list(received), set(), []
        with self._alone:
            done = self._import()
            for file in files:
                outcome = done.get(str(file.path)) if file.path else None
                if outcome is not None and outcome.place in seen and outcome.refusal is None:
                    outcome = Outcome(outcome.place)  # the same bytes under another name
                if outcome is not None:
                    seen.add(outcome.place)
                handed.append(Handed(file.name, file.size, outcome))
            name = secrets.token_urlsafe(8)
            self._answers[name] = tuple(handed)
            for old in list(self._answers)[:-_REMEMBERED]:
                del self._answers[old]
        return name

    def answer(self, name: str) -> tuple[Handed, ...]:
        """What became of the files of a form; empty when it is not remembered any more."""
        return self._answers.get(name, ())

    def _import(self) -> dict[str, Outcome]:
        """Import all that was received: also what an earlier form had brought while another import ran."""
        with self._alone:
            done = import_exports(self.store, find([str(self.folder)]))
            for outcome in done.refused:
                assert outcome.refusal is not None
                if outcome.refusal.code == _WAITING:
                    key = accepting.till_of(Path(outcome.place).read_bytes()).key
                    self._unknown.setdefault(key, set()).add(outcome.place)
                elif outcome.refusal.code != "unreadable":
                    Path(outcome.place).unlink(missing_ok=True)
        return {outcome.place: outcome for outcome in done.outcomes}

    def unknown(self) -> list[Unknown]:
        """Return the tills that wait for a person, by partner and name."""
        found = []
        with self._alone:
            for key in list(self._unknown):
                places = self._places(key)
                if places:
                    till = accepting.till_of(places[0].read_bytes())
                    found.append(Unknown(till, places[0].stem, len(places)))
        return sorted(found, key=lambda one: (one.till.partner, one.till.name, one.till.key))

    def accept(self, file: str, territory: str) -> str:
        """Know a till whose fingerprint a person has compared, and import what it has sent.

        Args:
            file: the name of one of its waiting files, without its end.

        Raises:
            LookupError: no such till waits. FileRefused: not a territory.
        """
        with self._alone:
            key, places = self._waiting(file)
            till = accepting.till_of(places[0].read_bytes(), territory)
            if key not in self.store.tills():
                self.store.add_till(till)
            del self._unknown[key]
            return self.take([Received(till.name, place, place.stat().st_size) for place in places])

    def set_aside(self, file: str) -> None:
        """Remove the exports of a till that nobody wants to know.

        Raises:
            LookupError: no such till waits.
        """
        with self._alone:
            key, places = self._waiting(file)
            for place in places:
                place.unlink(missing_ok=True)
            del self._unknown[key]

    def _waiting(self, file: str) -> tuple[bytes, list[Path]]:
        for key in list(self._unknown):
            places = self._places(key)
            if file in {place.stem for place in places}:
                return key, places
        raise LookupError(file)

    def _places(self, key: bytes) -> list[Path]:
        """The waiting files of a till; one that somebody has taken out of the folder waits no more."""
        places = [place for place in map(Path, sorted(self._unknown[key])) if place.is_file()]
        if not places:
            del self._unknown[key]
        return places

    # What was found; computed once for each state of the store.

    def report(self) -> Report:
        made: Report = self._once("report", lambda: make(self.store, self.clock()))
        return replace(made, now=self.clock())

    def months(self) -> list[str]:
        """Return the months in which something was used, newest first."""
        weeks = [day_of(int(line.key)) for line in self.totals(None).by["week"] if int(line.key)]
        days = [day for week in weeks for day in (week, week + timedelta(days=6))]
        return sorted({f"{day:%Y-%m}" for day in days}, reverse=True)

    def totals(self, month: str | None) -> Totals:
        def count() -> Totals:
            with figures.open_figures(self.store) as opened:
                return totals.count(opened.counting(month))

        made: Totals = self._once(f"totals {month}", count)
        return made

    def settlement(self, partner: str, month: str) -> Settlement | None:
        """A partner's statement; None when no till of it is known."""
        if not any(till.partner == partner for till in self.store.tills().values()):
            return None
        with self._alone, figures.open_figures(self.store) as opened:
            return opened.settlement(partner, month)

    def _once(self, name: str, work: Callable[[], Any]) -> Any:
        with self._alone:
            state = self._state()
            if name not in self._seen or self._seen[name][0] != state:
                self._seen = {key: value for key, value in self._seen.items() if value[0] == state}
                self._seen[name] = (state, work())
            return self._seen[name][1]

    def _state(self) -> object:
        root = Path(self.store.root)
        paths = [root / "tills.toml", *root.glob("exports/*"), *root.glob("known/**/*")]
        facts = [(path, path.stat()) for path in sorted(paths)]
        return tuple((path, found.st_size, found.st_mtime_ns, found.st_ino) for path, found in facts)
