"""Old rows go, nothing comes back: no used voucher revives, no row is lost before it was exported."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import walks
from till_world import (
    DAY,
    ISSUER,
    NOON,
    PARTNER,
    PLAIN,
    issuing,
    live,
    make_claims,
    make_list,
    make_offer,
    trust_file,
)

from tools.postgresql import PostgreSQL as Server
from verifier import TillProfile, Verdict
from verifier.errors import BadInput
from verifier.till.repair import repair
from verifier.till.retention import mark_exported, purge
from verifier.till.sqlite import Sqlite
from verifier.till.till import Till, make_till
from verifier.trust_store import Outcome
from voucher.journal import decode_export
from voucher.trust import MAX_REFUSE_AFTER

MONTH = 31 * DAY
LONG = make_list(
    expires=NOON + 300 * DAY,
    fresh_for=MAX_REFUSE_AFTER,
    refuse_after=MAX_REFUSE_AFTER,
    keys=(issuing(ISSUER, offers=(PLAIN,)),),
    offers=(make_offer(PLAIN, valid_until=NOON + 300 * DAY),),
)


class Clock:
    """A clock that a test moves, in either direction."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


def till_at(path: Path, clock: Clock, url: str | None = None) -> Till:
    profile = TillProfile(PARTNER, path.name, False)
    assert make_till(path, profile, walks.ANCHOR, trust_file(LONG), NOON, url) is Outcome.INSTALLED
    return Till.open(path, clock)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def till(tmp_path: Path, clock: Clock) -> Iterator[Till]:
    with till_at(tmp_path / "caisse", clock) as opened:
        yield opened


def sqlite(till: Till) -> sqlite3.Connection:
    assert isinstance(till.journal.database, Sqlite)
    return till.journal.database.connection


def accept(till: Till, clock: Clock, number: int, days: int = 30) -> bool:
    claims = make_claims(number, expires=NOON + days * DAY)
    return till.accept(live(claims, clock.now)).green


def hand_out(till: Till) -> bytes:
    data = till.export()
    export = decode_export(data)
    till.exported(export.first, export.last)
    return data


def test_only_what_was_exported_goes(till: Till, clock: Clock) -> None:
    for number in range(3):
        assert accept(till, clock, number)
    clock.now += 2 * DAY
    hand_out(till)
    assert accept(till, clock, 3)
    clock.now += 40 * DAY
    assert accept(till, clock, 4, days=60)
    done = till.purge(31)
    assert (done.rows, done.waiting) == (3, 1)
    assert [row.n for row in till.rows()] == [4, 5]
    assert till.purge(31).rows == 0


def test_the_chain_holds_and_goes_on(till: Till, clock: Clock) -> None:
    for number in range(4):
        accept(till, clock, number)
    first = decode_export(hand_out(till))
    clock.now += 40 * DAY
    assert till.accept(live(make_claims(8, expires=NOON + 90 * DAY), clock.now)).row == 5
    assert till.purge(31).rows == 4
    assert till.journal.check() == 1
    rest = decode_export(till.export())
    assert (rest.first, rest.last, rest.before) == (5, 5, first.after)
    path = till.folder.path
    till.close()
    with Till.open(path, clock) as again:
        assert again.journal.check() == 1 and again.status().rows == 5
        assert accept(again, clock, 9, days=90)
        assert decode_export(again.export(6)).before == rest.after


def test_an_empty_journal_keeps_the_time_it_has_seen(till: Till, clock: Clock) -> None:
    accept(till, clock, 1)
    clock.now += 40 * DAY
    till.accept(live(make_claims(2, expires=NOON + 90 * DAY), clock.now))
    hand_out(till)
    purge(till.journal, till.trust.floor + 100 * DAY, MONTH)
    assert list(till.rows()) == [] and till.journal.check() == 0
    assert till.trust.floor == NOON + 140 * DAY
    clock.now = NOON
    assert till.check(live(make_claims(1), NOON)).verdict is Verdict.CLOCK_WRONG


def test_a_use_is_forgotten_only_when_its_voucher_has_ended(till: Till, clock: Clock) -> None:
    accept(till, clock, 1, days=20)
    accept(till, clock, 2, days=80)
    hand_out(till)
    clock.now += 40 * DAY
    assert accept(till, clock, 3, days=80)
    assert till.purge(31).uses == 1
    for number, days, verdict in ((1, 20, Verdict.EXPIRED), (2, 80, Verdict.ALREADY_ACCEPTED)):
        claims = make_claims(number, expires=NOON + days * DAY)
        assert till.check(live(claims, clock.now)).verdict is verdict


def test_a_clock_far_ahead_makes_a_purge_forget_nothing(till: Till, clock: Clock) -> None:
    accept(till, clock, 1)
    hand_out(till)
    clock.now += 5000 * DAY
    done = till.purge(31)
    assert (done.rows, done.uses) == (0, 0)
    clock.now = NOON + 60
    assert till.check(live(make_claims(1), clock.now)).verdict is not Verdict.ACCEPTED


def walk(till: Till, clock: Clock, pick: random.Random, let_go: Callable[[Till], object]) -> Counter[int]:
    """Scan, export and purge while the clock jumps to and fro; count how often each was accepted."""
    accepted = Counter[int]()
    sqlite(till).execute("PRAGMA synchronous = OFF")
    for _ in range(60):
        clock.now = NOON + pick.choice((0, 0, 0, 1, 3, 10, 40, 41, 60)) * DAY + pick.randrange(-400, 400)
        number = pick.randrange(8)
        accepted[number] += accept(till, clock, number, days=5 * number)
        if pick.random() < 0.3 and till.status().rows > till.journal.base()[0]:
            hand_out(till)
        if pick.random() < 0.3:
            let_go(till)
    return accepted


@pytest.mark.promise("P20")
@pytest.mark.parametrize("seed", range(30))
def test_no_walk_of_the_clock_revives_a_voucher(till: Till, clock: Clock, seed: int) -> None:
    accepted = walk(till, clock, random.Random(seed), lambda till: till.purge(31))
    assert max(accepted.values()) <= 1 <= sum(accepted.values())
    till.journal.check()


def test_the_walk_catches_a_purge_that_goes_by_the_clock(tmp_path: Path) -> None:
    """Seeded: what has ended by the device's clock is forgotten, and that time is not kept."""
    worst = 0
    for seed in range(30):
        clock = Clock()
        with till_at(tmp_path / str(seed), clock) as till:

            def by_clock(till: Till, clock: Clock = clock) -> None:
                sqlite(till).execute("DELETE FROM use WHERE expires <= ?", (clock.now,))

            worst = max(worst, *walk(till, clock, random.Random(seed), by_clock).values())
        if worst > 1:
            return
    raise AssertionError("never caught")


def test_an_old_export_of_ones_own_is_no_double_use(till: Till, clock: Clock) -> None:
    accept(till, clock, 1, days=80)
    data = hand_out(till)
    clock.now += 40 * DAY
    accept(till, clock, 2, days=80)
    assert till.purge(31).rows == 1
    assert till.merge(data).new == 0
    assert list(till.double_uses()) == []


def test_a_gap_in_what_was_exported_is_not_taken_for_safe(till: Till, clock: Clock) -> None:
    for number in range(5):
        accept(till, clock, number)
    mark_exported(till.journal, 4, 5)
    clock.now += 40 * DAY
    accept(till, clock, 9, days=80)
    assert till.purge(31).rows == 0
    mark_exported(till.journal, 1, 2)
    mark_exported(till.journal, 3, 4)
    assert till.purge(31).rows == 4


def test_a_month_is_kept_at_least(till: Till) -> None:
    with pytest.raises(BadInput) as fault:
        till.purge(30)
    assert "31" in fault.value.sentence


def test_a_repair_after_a_purge_takes_everything_over(till: Till, clock: Clock) -> None:
    accept(till, clock, 1, days=80)
    hand_out(till)
    clock.now += 40 * DAY
    for number in (2, 3, 4):
        accept(till, clock, number, days=80)
    assert till.purge(31).rows == 1
    sqlite(till).execute("UPDATE own_row SET hash = x'00' WHERE n = 4")
    path, floor = till.folder, till.trust.floor
    till.close()
    done = repair(path, NOON)
    export = decode_export((done.aside / "journal.cje").read_bytes())
    assert (export.first, export.last, done.rows) == (2, 3, 2)
    with Till.open(path.path, clock) as fresh:
        assert fresh.trust.floor >= floor
        for number in (1, 2, 3, 4):
            claims = make_claims(number, expires=NOON + 80 * DAY)
            assert fresh.check(live(claims, clock.now)).verdict is Verdict.ALREADY_ACCEPTED


def test_a_till_that_has_seen_less_holds_back_what_the_shop_forgets(
    tmp_path: Path, clock: Clock, postgresql: Server
) -> None:
    """On one PostgreSQL, a second till with a clock set back must not accept what the first has forgotten."""
    url, late = postgresql.database(), Clock()
    with till_at(tmp_path / "un", clock, url) as here, till_at(tmp_path / "deux", late, url) as there:
        assert accept(here, clock, 1, days=20)
        hand_out(here)
        clock.now += 60 * DAY
        assert accept(here, clock, 2, days=80)
        assert (here.purge(31).rows, here.purge(31).uses) == (1, 0)
        assert there.check(live(make_claims(1, expires=NOON + 20 * DAY))).verdict is Verdict.ALREADY_ACCEPTED
        late.now = clock.now
        assert accept(there, late, 3, days=80)
        assert there.purge(31).uses == 1
