"""One partner's tills over some weeks: honest people, planted faults, and the key of what was planted."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cje.demo.town.keys import Pair
from cje.demo.town.people import Held, TownOffer
from cje.demo.town.till import TownTill
from voucher.civil import period_start
from voucher.claims import Period

WEEK: Final = 7 * 86_400
DAY: Final = 86_400
# What is planted, in turn; `voided` and `paper` are honest and must not be found.
FAULTS: Final = (
    "same_use",
    "over_limit",
    "revoked",
    "out_of_time",
    "unproven",
    "not_live",
    "forbidden",
    "wrong_offer",
    "bare",
    "voided",
    "paper",
)
DECOYS: Final = ("voided", "paper")


@dataclass(frozen=True)
class Plan:
    """What one partner's part of a simulation is. Picklable: partners are made in processes.

    Attributes:
        rows: accepted uses of honest people. fraud: planted faults as a share of them.
        start: first second, a Monday in Paris. parts: shares of the time after which tills export.
        wrong_clock, old_list: tills whose clock is an hour ahead, whose list stays the first.
    silent: tills that stop exporting half-way. gap: tills whose second export is lost.
    forked: tills of which somebody runs a copy in the last part.
    """

    seed: int
    partner: str
    number: int
    offers: tuple[TownOffer, ...]
    foreign: TownOffer
    tills: int
    people: int
    rows: int
    weeks: int
    fraud: float
    start: int
    parts: tuple[float, ...]
    name: str = ""
    territories: tuple[str, ...] = ("95", "75", "2A", "93", "971")
    wrong_clock: frozenset[int] = frozenset()
    old_list: frozenset[int] = frozenset()
    silent: frozenset[int] = frozenset()
    gap: frozenset[int] = frozenset()
    forked: frozenset[int] = frozenset()

    def till(self, number: int) -> Pair:
        return Pair(self.seed, f"till {self.partner} {number}")

    def issuing(self) -> tuple[Pair, Pair]:
        """The issuing keys of the two programmes."""
        return Pair(self.seed, "issuing cej"), Pair(self.seed, "issuing service-civique")


@dataclass
class Made:
    """What a partner's part has become. Attributes:

    planted: by kind, voucher id and rows (till's number here, n). revoked: voucher id and week.
    issued: by offer. files: exports.
    """

    partner: str
    rows: int = 0
    files: int = 0
    planted: list[dict[str, Any]] = field(default_factory=list)
    revoked: list[tuple[str, int]] = field(default_factory=list)
    issued: Counter[int] = field(default_factory=Counter)


class Shop:
    """A partner at work."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.made = Made(plan.partner)
        self._chance = random.Random(f"{plan.seed} {plan.partner}")  # noqa: S311  a simulation
        self._tills = [
            TownTill(
                plan.partner,
                f"Caisse {number + 1}",
                plan.till(number),
                ahead=3600 if number in plan.wrong_clock else 0,
                listed=1 if number in plan.old_list else None,
            )
            for number in range(plan.tills)
        ]
        self._held: dict[tuple[int, int], Held] = {}
        self._used: Counter[tuple[int, int, int]] = Counter()
        self._planted = 0

    def work(self, folder: Path) -> Made:
        """Let the weeks go by, writing exports into `folder/part-K/PARTNER/`."""
        plan, span = self.plan, self.plan.weeks * WEEK
        faults = round(plan.rows * plan.fraud)
        moments = sorted(self._moments(plan.rows, faults, span))
        copies: dict[int, TownTill] = {}
        at, ends = 0, [plan.start + round(share * span) for share in plan.parts]
        for part, end in enumerate(ends, 1):
            while at < len(moments) and (moments[at][0] < end or part == len(ends)):
                moment, faulty = moments[at]
                self._fault(moment) if faulty else self._visit(moment)
                at += 1
            self._export(folder / f"part-{part}" / plan.partner, part)
            if part == len(ends) - 1:
                copies = {number: copy.deepcopy(self._tills[number]) for number in sorted(plan.forked)}
        for number, till in copies.items():
            self._fork(number, till, ends[-2], folder / f"part-{len(ends)}" / plan.partner)
        return self.made

    def _moments(self, rows: int, faults: int, span: int) -> Iterator[tuple[int, bool]]:
        """When something happens; never in the last two minutes, so that a copy is shown within the span."""
        for number in range(rows + faults):
            yield self.plan.start + 120 + self._chance.randrange(span - 300), number >= rows

    def _version(self, till: TownTill, at: int) -> int:
        week = (at - self.plan.start) // WEEK + 1
        return week if till.listed is None else min(week, till.listed)

    def _visit(self, at: int) -> None:
        """Somebody uses a voucher that may be used."""
        chance, plan, till = self._chance, self.plan, self._pick()
        person = chance.randrange(plan.people)
        # A clock that is ahead counts in another month than the till next door: no limit, no quarrel.
        offer = plan.offers[-1] if till.ahead else chance.choice(plan.offers)
        period = period_start(at, offer.period)
        used = (person, offer.number, period)
        if offer.uses and self._used[used] >= offer.uses:
            offer = plan.offers[-1]  # without limit, or nothing is used
            if offer.uses:
                return
        elif offer.uses:
            self._used[used] += 1
        self._accept(till, self._voucher(person, offer), at)

    def _voucher(self, person: int, offer: TownOffer) -> Held:
        held = self._held.get((person, offer.number))
        if held is None:
            held = self._held[person, offer.number] = self._new(b"%d" % person, offer, person % 2)
        return held

    def _new(
        self, who: bytes, offer: TownOffer, key: int = 0, end: int | None = None, *, bearer: bool = False
    ) -> Held:
        plan = self.plan
        name = b"%d %d %d " % (plan.seed, plan.number, offer.number) + who
        self.made.issued[offer.number] += 1
        end = end or plan.start + 30 * WEEK
        return Held(name, offer, plan.issuing()[key], plan.start - WEEK, end, bearer=bearer)

    def _pick(self) -> TownTill:
        return self._tills[self._chance.randrange(len(self._tills))]

    def _accept(
        self, till: TownTill, held: Held, at: int, evidence: bytes | None = b"", verdict: str = "accepted"
    ) -> tuple[int, int]:
        """Show a voucher at a till; with a wrong clock the phone answers four digits."""
        offer, answer = held.offer, 1234 if till.ahead else None
        bearer = held.claims.holder is None
        shown = at - self._chance.randrange(20)
        data = held.show(shown, answer) if evidence == b"" else evidence
        amount = self._chance.randrange(200, 9000) if offer.percent else None
        saving = offer.cents if amount is None else (amount * offer.percent + 50) // 100
        n = till.accept(
            at,
            held.kid,
            held.claims.cti,
            held.seq or 1,
            offer.number,
            data,
            shown=None if bearer else shown,
            version=self._version(till, at),
            amount=amount,
            saving=saving,
            verdict="paper" if bearer else verdict,
        )
        self.made.rows += 1
        return self._tills.index(till), n

    # Faults.

    def _fault(self, at: int) -> None:
        kind = FAULTS[self._planted % len(FAULTS)]
        held, rows = getattr(self, f"_{kind}")(at)
        self._planted += 1
        if kind not in DECOYS:
            self.made.planted.append({"kind": kind, "cti": held.claims.cti.hex(), "rows": rows})

    def _stranger(self, offer: TownOffer | None = None, **changes: Any) -> Held:
        """Somebody whom no honest visit is about."""
        return self._new(b"planted %d" % self._planted, offer or self.plan.offers[0], **changes)

    def _two(self) -> tuple[TownTill, TownTill]:
        """Two tills whose clocks are right and whose exports all arrive."""
        apart = self.plan.wrong_clock | self.plan.silent | self.plan.gap | self.plan.forked
        whole = [till for number, till in enumerate(self._tills) if number not in apart]
        first, other = self._chance.sample(whole, 2)
        return first, other

    def _same_use(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        held = self._stranger(self.plan.offers[self._planted % len(self.plan.offers)])
        one, other = self._two()
        rows = [self._accept(one, held, at)]
        return held, [*rows, self._accept(other, held, at + 30, held.again(at + 10))]

    def _over_limit(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        held = self._stranger()
        one, other = self._two()
        return held, [self._accept(one, held, at), self._accept(other, held, at + 60)]

    def _revoked(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        """Revoked by the list of this very week; the till has it, or an older one."""
        held = self._stranger()
        self.made.revoked.append((held.claims.cti.hex(), (at - self.plan.start) // WEEK))
        return held, [self._accept(self._two()[0], held, at)]

    def _out_of_time(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        held = self._stranger(end=at - 1)
        return held, [self._accept(self._two()[0], held, at)]

    def _unproven(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        held = self._stranger()
        other = self._stranger(self.plan.offers[-1])
        data = None if self._planted % 2 else other.show(at)
        return held, [self._accept(self._two()[0], held, at, data)]

    def _not_live(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        held = self._stranger()
        return held, [self._accept(self._two()[0], held, at, held.show(at - 600))]

    def _forbidden(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        held = self._stranger()
        return held, [self._accept(self._two()[0], held, at, verdict="revoked")]

    def _wrong_offer(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        held = self._stranger(self.plan.foreign)
        return held, [self._accept(self._two()[0], held, at)]

    def _bare(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        held = self._stranger()
        return held, [self._accept(self._two()[0], held, at, held.data)]

    def _voided(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        """An honest mistake: accepted, taken back, accepted again elsewhere."""
        held = self._stranger()
        one, other = self._two()
        rows = [self._accept(one, held, at)]
        one.void(at + 20, rows[0][1], self._version(one, at))
        self.made.rows += 1
        return held, [*rows, self._accept(other, held, at + 60)]

    def _paper(self, at: int) -> tuple[Held, list[tuple[int, int]]]:
        """A paper for two uses, used twice with the same bytes."""
        offer = next(offer for offer in self.plan.offers if offer.paper)
        held = self._stranger(offer, bearer=True)
        one, other = self._two()
        return held, [self._accept(one, held, at), self._accept(other, held, at + 60)]

    def _fork(self, number: int, till: TownTill, at: int, folder: Path) -> None:
        """Let a copy of a till accept something under a number that the till has given to another row."""
        if self._tills[number].last <= till.last:
            return
        held = self._stranger(self.plan.offers[-1])
        shown = held.show(at)
        n = till.accept(
            at,
            held.kid,
            held.claims.cti,
            1,
            held.offer.number,
            shown,
            shown=at,
            version=self._version(till, at),
        )
        self.made.planted.append({"kind": "two_stories", "cti": None, "rows": [(number, n)]})
        self.made.rows += 1
        self._write(folder / "copie.cje", till.export())

    def _export(self, folder: Path, part: int) -> None:
        for number, till in enumerate(self._tills):
            quiet = number in self.plan.silent and 2 * part > len(self.plan.parts)
            if till.waiting and not quiet:
                data = till.export()
                if part != 2 or number not in self.plan.gap:
                    self._write(folder / f"caisse-{number + 1}.cje", data)

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.made.files += 1


OFFERS: Final = (
    ("Un repas", 1, Period.TOTAL, 0, 700),
    ("Un billet de bus", 2, Period.MONTH, 0, 210),
    ("Les courses", 0, Period.TOTAL, 15, 0),
)


def offers_of(number: int) -> tuple[TownOffer, ...]:
    """The offers of partner `number` (from 1); the second is taken on paper too."""
    return tuple(
        TownOffer(number * 10 + place, title, uses, period, percent, cents, paper=place == 2)
        for place, (title, uses, period, percent, cents) in enumerate(OFFERS, 1)
    )
