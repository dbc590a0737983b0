"""The desk: what the counsellor's clicks do, without HTTP. Each returns the action that was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from catalogue import Catalogue
from cje import system_clock
from cje.local_page.login import Door
from issuer.decisions import person as dossier
from issuer.decisions import undoable, withdrawal
from issuer.decisions.enrolment import enrol_all
from issuer.decisions.enrolment_csv import check_person
from issuer.decisions.undoable import Action
from issuer.desk.imports import Imports
from issuer.desk.lock import Lock
from issuer.handover import opening
from issuer.handover.opening import Opening
from issuer.register.people import Enrolment
from issuer.register.vault import State
from voucher import civil

COOKIE: Final = "cje_desk"


@dataclass(frozen=True)
class Desk:
    """One state, open on this machine.

    Attributes:
        out: the site's folder; None where somebody else publishes.
        base_url: the site's address; never empty.
        clock: seconds since 1970.
    """

    state: State
    catalogue: Catalogue
    door: Door
    lock: Lock
    out: Path | None
    base_url: str
    clock: Callable[[], int] = field(default=system_clock.now)

    @property
    def imports(self) -> Imports:
        """Files that wait for their confirmation."""
        return Imports(self.state)

    @property
    def programmes(self) -> dict[str, str]:
        """Names by slug."""
        return {one.slug: one.name for one in self.catalogue.programmes}

    def enrol(self, token: str, number: str, cells: Mapping[str, str]) -> Action:
        """Enrol somebody new."""
        now = self.clock()
        row = {"numero": number, **cells}
        wanted = check_person(row, f"n° {number}", list(self.programmes), civil.day_of(now))
        return undoable.perform(
            self.state,
            token,
            "enrol",
            (wanted.number,),
            now,
            lambda connection: dossier.enrol_within(connection, self.state.identity, wanted, now),
        )

    def correct(self, token: str, number: int, cells: Mapping[str, str]) -> Action:
        """Change what is known of a person."""
        now = self.clock()
        before = self._known(number)
        after = dossier.corrected(before, cells, list(self.programmes), civil.day_of(now))
        return self._store(token, "correct", after, now)

    def renew(self, token: str, number: int, until: str) -> Action:
        """Give a person a later end of right."""
        now = self.clock()
        with self.state.register.reading() as connection:
            if (done := undoable.find(connection, token)) is not None:
                return done
            person = dossier.the(connection, number)
        after = dossier.renewed(person, until, list(self.programmes), civil.day_of(now))
        return self._store(token, "renew", after, now)

    def close(self, token: str, number: int) -> Action:
        """Close a person's card and revoke its vouchers."""
        now = self.clock()
        return undoable.perform(
            self.state,
            token,
            "close",
            (number,),
            now,
            lambda connection: withdrawal.revoke_within(connection, self.state, number, now),
        )

    def replace(self, token: str, number: int) -> Action:
        """Give a person another card for one that was lost."""
        now = self.clock()
        return undoable.perform(
            self.state,
            token,
            "replace",
            (number,),
            now,
            lambda connection: withdrawal.replace_within(connection, self.state, number, now),
        )

    def import_people(self, token: str, wanted: Sequence[Enrolment]) -> Action:
        """Enrol the people of a file; the same file again changes nothing."""
        now = self.clock()
        return undoable.perform(
            self.state,
            token,
            "import",
            (one.number for one in wanted),
            now,
            lambda connection: enrol_all(connection, self.state.identity, wanted, now),
        )

    def undo(self, token: str) -> Action:
        """Put everything back as it was before an action."""
        return undoable.undo(self.state, token, self.clock())

    def openings(self, numbers: Sequence[int]) -> list[Opening] | None:
        """What opens these people's cards, those who have one; None while the secret is closed."""
        secret = self.lock.secret
        if secret is None:
            return None
        porter = opening.porter(secret, self.catalogue, self.base_url)
        with self.state.register.reading() as connection:
            found = opening.openings(connection, porter, numbers, self.clock())
            return [one for one in found if isinstance(one, Opening)]

    def _known(self, number: int) -> Enrolment:
        with self.state.register.reading() as connection:
            return dossier.the(connection, number).enrolment

    def _store(self, token: str, kind: undoable.Kind, after: Enrolment, now: int) -> Action:
        return undoable.perform(
            self.state,
            token,
            kind,
            (after.number,),
            now,
            lambda connection: enrol_all(connection, self.state.identity, (after,), now),
        )
