"""A till that an integrator calls in five lines: decide, write, and only then say green.

from verifier import Till

till = Till.open("/var/lib/cje-caisse")
receipt = till.accept(scanned_text)
print(receipt.green, receipt.explain("fr").sentence)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cje import system_clock
from verifier.decide import decide
from verifier.decision import Decision
from verifier.errors import BadInput
from verifier.list_age import Age, age_of
from verifier.proof import prove
from verifier.saving import saving_of
from verifier.till import folder as till_folder
from verifier.till import key as till_key
from verifier.till import pairing
from verifier.till.folder import TillFolder
from verifier.till.journal import Journal
from verifier.till.retention import KEEP_DAYS
from verifier.trust_store import Build, Outcome, TrustStore, begin
from verifier.typed import decide_typed, is_short_code
from verifier.verdict import Verdict
from verifier.views import TillProfile, TrustView, TypedUses
from verifier.wording import Explained, explain
from voucher.caps import CLOCK_SLACK, MAX_CHALLENGE
from voucher.journal import Row
from voucher.keyring import Keyring
from voucher.short_code import tag_of

if TYPE_CHECKING:  # merging is loaded when two tills meet: the first scan of the day must be quick
    from verifier.till.merge import DoubleUse, Merged
    from verifier.till.retention import Purged

MAX_AMOUNT: Final = 10_000_000  # cents: 100,000 euros is a slip of the finger
MAX_REASON: Final = 200
_PHONES: Final = 9  # design: the median of the last nine different phones
_FEW: Final = 3  # one phone with a wrong clock says nothing about the till's
_LOOK_BACK: Final = 200  # rows in which those nine are looked for

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one scan.

    Attributes:
        decision: the verdict and its facts.
        row: number of the durable row; None when nothing was accepted.
        saving: in cents, when the offer tells it.
        digits: the four that the person must type now, after `not_live` or `wrong_challenge`.
    """

    decision: Decision
    row: int | None = None
    saving: int | None = None
    digits: str | None = None

    @property
    def green(self) -> bool:
        """Tell whether the use was accepted and its row is durable: the only reason for a green screen."""
        return self.row is not None

    def explain(self, lang: str = "fr") -> Explained:
        """Return the word, the sentence and the next step."""
        return explain(self.decision, lang, self.digits)


@dataclass(frozen=True, slots=True)
class Status:
    """How a till is. Times in seconds since 1970.

    Attributes:
        key: the till's public key. age: of the list; None without one. rows: in the journal.
        paired: whether it knows the partner's short-code key.
        phones: median of phone minus till clock, in seconds, over the last phones; None below three.
    """

    key: bytes
    profile: TillProfile
    trust: TrustView
    age: Age | None
    reports: int
    rows: int
    now: int
    phones: int | None
    paired: bool

    @property
    def clock_wrong(self) -> bool:
        """Tell whether the clock is so far below what this till has seen that it decides nothing."""
        return self.now < self.trust.floor - CLOCK_SLACK

    @property
    def ready(self) -> bool:
        """Tell whether this till can decide at all."""
        effective = max(self.now, self.trust.floor)
        holds = self.age in (Age.FRESH, Age.AGEING) and effective < self.trust.root.expires
        return holds and not self.clock_wrong

    @property
    def clock_suspect(self) -> bool:
        """Tell whether the phones agree that this till's clock is wrong; it is never corrected by itself."""
        return self.phones is not None and abs(self.phones) > CLOCK_SLACK


@dataclass(frozen=True, slots=True)
class Named:
    """The uses of a voucher by its tag; what it says is read from the evidence of one that was scanned."""

    journal: Journal
    keyring: Keyring

    def typed(self, tag: int, kids: Sequence[bytes]) -> TypedUses:
        uses, rows = self.journal.named(tag, kids)
        said = (prove(row, self.keyring) for row in rows)
        named = (claims for claims in said if claims is not None and tag_of(claims.cti) == tag)
        return TypedUses(uses, next(named, None))


class Till:
    """One till. Several processes may open the same folder; each is used by one thread."""

    def __init__(self, folder: TillFolder, clock: Clock = system_clock.now) -> None:
        self.folder = folder
        profile = folder.profile()
        self.profile, self._build = profile.till, profile.build
        self._clock = clock
        self._stamp = folder.stamp()
        self._store = folder.load(self._build, self.profile.partner)
        self.journal = folder.open_journal(profile)

    @classmethod
    def open(cls, path: str | Path, clock: Clock = system_clock.now) -> Till:
        """Open a till's folder.

        Raises:
            NoTill: there is none. JournalDamaged, JournalUnreachable: its journal does not open.
        """
        return cls(TillFolder(Path(path)), clock)

    def close(self) -> None:
        self.journal.close()

    def __enter__(self) -> Till:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def now(self) -> int:
        return int(self._clock())

    @property
    def trust(self) -> TrustView:
        """The trust in force; what another process installed counts at once."""
        return self._fresh_store().view(self.journal.seen())

    def check(self, text: str, challenge: int | None = None) -> Decision:
        """Return the verdict and write nothing.

        Raises:
            KeyExposed: see `accept`.
        """
        return self._decide(text, challenge, self.now)

    def accept(
        self,
        text: str,
        *,
        confirmed: bool = False,
        amount: int | None = None,
        challenge: int | None = None,
    ) -> Receipt:
        """Decide, and write the use if it may be accepted; on return the row is durable.

        Args:
            text: what was scanned, as it was scanned, or the twelve characters that a person reads out.
            confirmed: the cashier has read the amber reasons and accepts.
            amount: of the purchase, in cents.
            challenge: the four digits that the person typed, as this till drew them.

        Raises:
            BadInput: an amount out of range.
            KeyExposed: twelve characters, and others can read this till's pairing.
            JournalBusy, JournalFull, JournalUnreachable, JournalDamaged: nothing was accepted.
        """
        if amount is not None and not 0 <= amount <= MAX_AMOUNT:
            raise BadInput("amount")
        now = self.now
        with self.journal.deciding():
            decision = self._decide(text, challenge, now)
            row = saving = None
            if decision.can_confirm and (confirmed or decision.verdict is Verdict.ACCEPTED):
                assert decision.offer is not None
                saving = saving_of(decision.offer.saving, amount)
                row = self.journal.accept(decision, now, amount, saving)
                if challenge is not None:
                    self.journal.spend(challenge)
        wants_digits = decision.verdict in (Verdict.NOT_LIVE, Verdict.WRONG_CHALLENGE)
        return Receipt(decision, row, saving, self.draw_challenge() if wants_digits else None)

    def keep_refusal(self, text: str, reason: str | None = None) -> tuple[Decision, int]:
        """Write down that a text was refused, by the till or by the cashier; return its row's number."""
        now = self.now
        with self.journal.deciding():
            decision = self._decide(text, None, now)
            return decision, self.journal.refuse(decision, now, _checked(reason) if reason else None)

    def void(self, n: int, reason: str) -> int:
        """Take an accepted row back within ten minutes.

        Raises:
            NotVoidable: it cannot be. BadInput: a reason that is empty or too long.
        """
        reason, now = _checked(reason), self.now
        trust = self.trust
        version = trust.list.version if trust.list else 0
        with self.journal.deciding():
            effective = max(now, trust.floor, self.journal.seen())
            return self.journal.void(n, reason, now, effective, version)

    def draw_challenge(self) -> str:
        """Return four digits to show now; they live 180 s and serve once (voucher-v1 §4.4)."""
        from random import SystemRandom

        digits = SystemRandom().randrange(MAX_CHALLENGE + 1)
        self.journal.show(digits, self.now)
        return f"{digits:04}"

    def update(self, data: bytes) -> Outcome:
        """Offer a root file or a trust list; what is installed is saved before this returns."""
        with self.journal.deciding():  # one process at a time walks from what is saved to what is saved next
            store, outcome = self._fresh_store().take(data, self.now)
            if store is not self._store:
                self.folder.save(store)
                self._store, self._stamp = store, self.folder.stamp()
        return outcome

    def pair(self, text: str) -> None:
        """Take a pairing (trust-v1 §8), the partner's short-code key; on return it is kept.

        Raises:
            PairingRefused: it is not for this till. KeyExposed: others can read the one that it has.
        """
        with self.journal.deciding():
            pairing.keep(self.folder.pairing, pairing.open_pairing(text, self.profile, self.trust.root))

    def export(self, first: int = 1, last: int | None = None) -> bytes:
        """Return the journal's rows from `first` to `last`, or to the newest, signed by this till.

        Raises:
            KeyExposed: others can read the till's key. BadInput: no such row, or more than one file may hold.
        """
        from verifier.till.merge import export_rows

        sign = till_key.signer(till_key.read(self.folder.key))
        return export_rows(self.journal, self.profile.partner, self.profile.name, sign, first, last)

    def exported(self, first: int, last: int) -> None:
        """Remember that an export of these rows is in safe hands: only then may `purge` let them go."""
        from verifier.till.retention import mark_exported

        mark_exported(self.journal, first, last)

    def purge(self, keep_days: int = KEEP_DAYS) -> Purged:
        """Let exported rows go that are older than this, counted from the newest time this till has seen.

        Raises:
            BadInput: less than 31 days.
        """
        from verifier.till import retention

        if keep_days < retention.LEAST_DAYS:
            raise BadInput("keep_days", least=retention.LEAST_DAYS)
        return retention.purge(self.journal, self.trust.floor, keep_days * retention.DAY)

    def merge(self, data: bytes) -> Merged:
        """Take a neighbour's export: from now on both tills refuse what either has accepted.

        Raises:
            VoucherError: not an export that holds. BadInput: another partner's.
            KeyExposed: others can read this till's pairing.
        """
        from verifier.till.merge import import_rows

        key = pairing.short_key(self.folder.pairing)
        return import_rows(self.journal, data, self.profile.partner, self._keyring(), key)

    def double_uses(self) -> Iterator[DoubleUse]:
        """Yield the vouchers accepted too often at the tills that have met."""
        from verifier.till.merge import double_uses

        return double_uses(self.journal)

    def rows(self, first: int = 1) -> Iterator[Row]:
        """Yield the journal's own rows."""
        return self.journal.rows(first)

    def status(self) -> Status:
        """Return how this till is."""
        trust, now = self.trust, self.now
        age = age_of(trust.list, max(now, trust.floor)) if trust.list else None
        rows, _ = self.journal.last()
        reports, paired = len(self._store.reports), self.folder.pairing.exists()
        phones = self._phone_offset()
        return Status(self.journal.key, self.profile, trust, age, reports, rows, now, phones, paired)

    def _decide(self, text: str, challenge: int | None, now: int) -> Decision:
        if is_short_code(text):
            key, uses = pairing.short_key(self.folder.pairing), Named(self.journal, self._keyring())
            return decide_typed(text, trust=self.trust, till=self.profile, uses=uses, now=now, short_key=key)
        shown = challenge if challenge is not None and self.journal.shows(challenge, now) else None
        return decide(text, trust=self.trust, till=self.profile, uses=self.journal, now=now, challenge=shown)

    def _keyring(self) -> Keyring:
        trust = self.trust.list
        return trust.keyring() if trust else Keyring(())

    def _fresh_store(self) -> TrustStore:
        stamp = self.folder.stamp()
        if stamp != self._stamp:
            saved = self.folder.load(self._build, self.profile.partner)
            # A file that vanished from the folder never lowers the time that was seen.
            self._store = replace(saved, floor=max(saved.floor, self._store.floor))
            self._stamp = stamp
        return self._store

    def _phone_offset(self) -> int | None:
        offsets: dict[bytes, int] = {}
        for row in self.journal.newest(_LOOK_BACK):
            if row.cti is not None and row.offset is not None and len(offsets) < _PHONES:
                offsets.setdefault(row.cti, row.offset)
        return sorted(offsets.values())[len(offsets) // 2] if len(offsets) >= _FEW else None


def make_till(
    path: Path,
    till: TillProfile,
    anchor: bytes,
    trust: bytes | None,
    now: int,
    journal: str | None = None,
    pairing_text: str | None = None,
) -> Outcome:
    """Make a till's folder from the operator's root and, if given, a first trust list, the journal's URL and
    the partner's pairing.

    Returns the outcome of the list; anything but `installed` means that no folder was made.

    Raises:
        VoucherError: the root does not hold, or is a demo's where `till` is real (or the reverse).
        OutputRefused, BadInput: see `till_folder.create`.
        PairingRefused: not for this till; no folder was made.
    """
    store, outcome = begin(Build(anchor, till.demo), till.partner), Outcome.INSTALLED
    if trust is not None:
        store, outcome = store.take(trust, now)
    found = None if pairing_text is None else pairing.open_pairing(pairing_text, till, store.root)
    if outcome is Outcome.INSTALLED:
        folder = till_folder.create(path, till, store, os.urandom(till_key.SEED_SIZE), journal)
        if found is not None:
            pairing.keep(folder.pairing, found)
    return outcome


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not 1 <= len(reason) <= MAX_REASON or not reason.isprintable():
        raise BadInput("reason", limit=MAX_REASON)
    return reason
