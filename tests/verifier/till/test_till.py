"""A till from its folder to its journal: green only for what is written, and never twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import walks
from till_world import (
    AMOUNT,
    DAY,
    IDENTITY,
    NOON,
    PAPER,
    PARTNER,
    live,
    make_claims,
    make_list,
    make_root,
    paper,
    root_file,
    trust_file,
)

from cje.errors import FileTooBig, OutputRefused
from cje.files import read_capped
from verifier import TillProfile, Verdict
from verifier.errors import (
    BadInput,
    JournalDamaged,
    JournalFull,
    KeyExposed,
    NoTill,
    NotVoidable,
)
from verifier.till import key
from verifier.till.sqlite import Sqlite
from verifier.till.till import Till, make_till
from verifier.trust_store import MAX_FILE, Outcome
from voucher.caps import MAX_TRUST
from voucher.civil import start_of
from voucher.claims import Period
from voucher.errors import Malformed
from voucher.journal import Kind, decode_export

PROFILE = TillProfile(PARTNER, "Guichet 1", False)
LIST = trust_file(make_list())


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: int = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now + 0.9


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "caisse"
    assert make_till(path, PROFILE, walks.ANCHOR, LIST, NOON) is Outcome.INSTALLED
    return path


@pytest.fixture
def till(folder: Path, clock: Clock) -> Iterator[Till]:
    with Till.open(folder, clock) as opened:
        yield opened


def test_accepts_once_and_says_when(till: Till, clock: Clock) -> None:
    receipt = till.accept(live(make_claims()))
    assert receipt.green and receipt.row == 1
    clock.now += 12
    again = till.accept(live(make_claims()))
    assert not again.green
    assert again.decision.verdict is Verdict.ALREADY_ACCEPTED
    assert again.explain("fr").sentence == "Déjà accepté ici il y a 12 s."
    assert again.explain("en").sentence == "Already accepted here 12 s ago."


def test_checking_writes_nothing(till: Till) -> None:
    assert till.check(live(make_claims())).verdict is Verdict.ACCEPTED
    assert till.status().rows == 0


def test_amber_waits_for_the_cashier(till: Till) -> None:
    text = live(make_claims(offer=IDENTITY))
    receipt = till.accept(text)
    assert (receipt.decision.verdict, receipt.green) == (Verdict.IDENTITY_CHECK, False)
    assert till.accept(text, confirmed=True).green


def test_confirming_a_refusal_accepts_nothing(till: Till) -> None:
    for text in ("bonjour", live(make_claims(), NOON - 500), live(make_claims(offer=99))):
        assert not till.accept(text, confirmed=True).green
    assert till.status().rows == 0


def test_paper_is_counted_by_the_till(till: Till) -> None:
    text = paper(make_claims(holder=None, offer=PAPER, uses=2))
    rows = [till.accept(text, confirmed=True) for _ in range(3)]
    assert [receipt.row for receipt in rows] == [1, 2, None]
    assert rows[2].decision.verdict is Verdict.USED_UP
    assert [receipt.saving for receipt in rows] == [500, 500, None]
    till.void(1, "erreur")
    assert till.accept(text, confirmed=True).row == 4


def test_amount_gives_the_saving(till: Till) -> None:
    receipt = till.accept(live(make_claims(offer=AMOUNT)), amount=1990)
    assert receipt.saving == 299
    row = next(till.rows())
    assert (row.amount, row.saving, row.offer, row.kind) == (1990, 299, AMOUNT, Kind.ACCEPTED)


@pytest.mark.parametrize("amount", [-1, 10_000_001])
def test_refuses_an_impossible_amount(till: Till, amount: int) -> None:
    with pytest.raises(BadInput):
        till.accept(live(make_claims(offer=AMOUNT)), amount=amount)
    assert till.status().rows == 0


def test_four_digits_make_a_slow_phone_live_once(till: Till, clock: Clock) -> None:
    claims, phone = make_claims(uses=3), NOON - 3600
    receipt = till.accept(live(claims, phone))
    assert receipt.decision.verdict is Verdict.NOT_LIVE and receipt.digits is not None
    assert receipt.digits in receipt.explain("fr").next
    digits = int(receipt.digits)
    answer = live(claims, phone, 2, digits)
    clock.now += 180
    assert till.accept(answer, challenge=digits).green
    replay = live(claims, phone, 3, digits)
    assert till.accept(replay, challenge=digits).decision.verdict is Verdict.NOT_LIVE


def test_digits_that_this_till_never_showed_are_worth_nothing(till: Till) -> None:
    answer = live(make_claims(), NOON - 3600, 1, 1234)
    assert till.accept(answer, challenge=1234).decision.verdict is Verdict.NOT_LIVE


def test_digits_die_after_180_seconds(till: Till, clock: Clock) -> None:
    digits = int(till.draw_challenge())
    clock.now += 181
    answer = live(make_claims(), NOON - 3600, 1, digits)
    assert till.accept(answer, challenge=digits).decision.verdict is Verdict.NOT_LIVE


def test_takes_back_within_ten_minutes_and_the_use_is_free_again(till: Till, clock: Clock) -> None:
    text = live(make_claims())
    till.accept(text)
    clock.now += 100
    assert till.void(1, "mauvais article") == 2
    assert till.accept(text).row == 3
    kinds = [row.kind for row in till.rows()]
    assert kinds == [Kind.ACCEPTED, Kind.VOID, Kind.ACCEPTED]


@pytest.mark.parametrize(("later", "works"), [(600, True), (601, False)])
def test_ten_minutes_are_ten_minutes(till: Till, clock: Clock, later: int, works: bool) -> None:
    till.accept(live(make_claims()))
    clock.now += later
    if works:
        assert till.void(1, "erreur") == 2
        return
    with pytest.raises(NotVoidable) as fault:
        till.void(1, "erreur")
    assert fault.value.code == "too_late" and "dix minutes" in fault.value.sentence


def test_refuses_other_voids_each_with_its_sentence(till: Till) -> None:
    till.accept(live(make_claims()))
    till.void(1, "erreur")
    for n, reason in ((9, "unknown"), (2, "not_accepted"), (1, "already_void")):
        with pytest.raises(NotVoidable) as fault:
            till.void(n, "erreur")
        assert fault.value.code == reason
    for wrong in ("", "  ", "x" * 201, "a\nb", "\x1b[2J"):
        with pytest.raises(BadInput):
            till.void(1, wrong)


def test_keeps_a_refusal_when_asked(till: Till) -> None:
    decision, n = till.keep_refusal(live(make_claims(offer=99)), "autre commerce")
    row = till.journal.row(n)
    assert row is not None and (row.kind, row.verdict) == (Kind.REFUSED, decision.verdict)
    assert till.check(live(make_claims())).verdict is Verdict.ACCEPTED


def test_journal_survives_closing_and_holds(folder: Path, clock: Clock) -> None:
    with Till.open(folder, clock) as till:
        for n in range(1, 6):
            assert till.accept(live(make_claims(n))).row == n
    with Till.open(folder, clock) as till:
        assert till.journal.check() == 5
        assert till.accept(live(make_claims(3))).decision.verdict is Verdict.ALREADY_ACCEPTED


@pytest.mark.promise("P19")
def test_the_live_connection_writes_through(till: Till) -> None:
    pragma = till.journal.database.connection.execute
    assert pragma("PRAGMA synchronous").fetchone() == (2,)
    assert pragma("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE own_row SET bytes = (SELECT bytes FROM own_row WHERE n = 1) WHERE n = 2",
        "DELETE FROM own_row WHERE n = 2",
        "UPDATE own_row SET hash = zeroblob(32) WHERE n = 3",
        "UPDATE own_row SET bytes = x'00' WHERE n = 2",
        "UPDATE own_row SET n = 9 WHERE n = 3",
    ],
)
def test_an_edited_journal_is_detected(till: Till, damage: str) -> None:
    for n in range(1, 4):
        till.accept(live(make_claims(n)))
    till.journal.database.connection.execute(damage)
    with pytest.raises(JournalDamaged):
        till.journal.check()


def test_a_file_that_is_no_journal_is_never_taken_for_one(folder: Path) -> None:
    (folder / "journal.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(JournalDamaged):
        Till.open(folder)
    (folder / "journal.sqlite").unlink()
    sqlite3.connect(folder / "journal.sqlite").close()
    with pytest.raises(JournalDamaged):
        Till.open(folder)


def test_a_full_disk_refuses_and_loses_nothing(till: Till) -> None:
    assert till.accept(live(make_claims(1))).green
    till.journal.database.connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(JournalFull) as fault:
        for n in range(2, 200):
            assert till.accept(live(make_claims(n))).green
    assert "rien n'a été accepté" in fault.value.sentence
    assert till.journal.check() == till.status().rows >= 1


def test_export_holds_and_its_chain_starts_at_the_tills_key(till: Till) -> None:
    for n in range(1, 5):
        till.accept(live(make_claims(n)))
    whole, part = decode_export(till.export()), decode_export(till.export(3))
    assert [row.n for row in whole.rows] == [1, 2, 3, 4]
    assert (part.first, part.last, part.after) == (3, 4, whole.after)
    assert whole.key == till.journal.key == part.key
    with pytest.raises(BadInput):
        till.export(5)


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_refuses_a_key_that_others_can_read(till: Till, mode: int) -> None:
    till.accept(live(make_claims()))
    assert till.folder.key.stat().st_mode & 0o777 == 0o600
    till.folder.key.chmod(mode)
    with pytest.raises(KeyExposed):
        till.export()


def test_never_writes_over_a_key(folder: Path) -> None:
    with pytest.raises(OutputRefused):
        key.create(folder / "till.key", bytes(32))


# Trust.


def test_a_list_from_another_process_counts_at_once(folder: Path, clock: Clock) -> None:
    with Till.open(folder, clock) as here, Till.open(folder, clock) as there:
        claims = make_claims()
        revoked = make_list(6, revoked=(claims.cti[:6],))
        assert here.check(live(claims)).verdict is Verdict.ACCEPTED
        assert there.update(trust_file(revoked)) is Outcome.INSTALLED
        assert here.check(live(claims)).verdict is Verdict.REVOKED


def test_refused_files_change_nothing_on_disk(till: Till) -> None:
    before = {path: path.read_bytes() for path in till.folder.trust.iterdir()}
    assert till.update(trust_file(make_list(4))) is Outcome.ROLLBACK
    assert till.update(b"\x00" * 1000) is Outcome.UNTRUSTED
    assert {path: path.read_bytes() for path in till.folder.trust.iterdir()} == before


def test_a_forgery_is_reported_and_remembered(folder: Path, clock: Clock) -> None:
    with Till.open(folder, clock) as till:
        assert till.update(trust_file(make_list(partner_name="Faux"))) is Outcome.EQUIVOCATION
    with Till.open(folder, clock) as till:
        assert till.status().reports == 1
        assert till.trust.list is not None and till.trust.list.partner_name != "Faux"


def test_roots_walk_across_restarts(tmp_path: Path, clock: Clock) -> None:
    chain = walks.chain(10)
    make_till(tmp_path / "t", PROFILE, chain[0], LIST, NOON)
    for file in chain[1:]:
        with Till.open(tmp_path / "t", clock) as till:
            assert till.update(file) is Outcome.INSTALLED
    with Till.open(tmp_path / "t", clock) as till:
        assert till.trust.root.version == 10
        assert till.update(chain[4]) is Outcome.ALREADY


@pytest.mark.promise("P7")
def test_a_file_put_back_by_hand_does_not_turn_back_the_time(till: Till, clock: Clock) -> None:
    """Whoever can write the folder can put an old list back; the floor in state.json still shows its age."""
    old = till.folder.trust / "list.cbor"
    kept = old.read_bytes()
    till.update(trust_file(make_list(6, issued=NOON + 20 * DAY, expires=NOON + 90 * DAY)))
    old.write_bytes(kept)
    with Till.open(till.folder.path, clock) as again:
        assert again.trust.floor == NOON + 20 * DAY


@pytest.mark.promise("P10")
@pytest.mark.parametrize(("size", "fits"), [(-1, True), (0, True), (1, False)])
def test_a_file_over_its_cap_is_refused(tmp_path: Path, size: int, fits: bool) -> None:
    path = tmp_path / "list.cbor"
    path.write_bytes(b"\x00" * (MAX_TRUST + size))
    if fits:
        assert len(read_capped(path, MAX_FILE)) == MAX_TRUST + size
        return
    with pytest.raises(FileTooBig):
        read_capped(path, MAX_FILE)


# Folder.


def test_refuses_to_make_a_till_where_something_stands(folder: Path) -> None:
    before = sorted(path.name for path in folder.parent.iterdir())
    with pytest.raises(OutputRefused):
        make_till(folder, PROFILE, walks.ANCHOR, LIST, NOON)
    assert sorted(path.name for path in folder.parent.iterdir()) == before


@pytest.mark.parametrize("name", ["", "x" * 81, "a\tb", "\x1b[31m"])
def test_refuses_a_name_that_cannot_be_shown(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput):
        make_till(tmp_path / "t", replace(PROFILE, name=name), walks.ANCHOR, LIST, NOON)
    assert not (tmp_path / "t").exists()


def test_makes_no_folder_for_a_list_that_is_refused(tmp_path: Path) -> None:
    other = trust_file(make_list(partner="epicerie"))
    assert make_till(tmp_path / "t", PROFILE, walks.ANCHOR, other, NOON) is Outcome.OTHER_PARTNER
    with pytest.raises(Malformed):
        make_till(tmp_path / "t", PROFILE, root_file(make_root(demo=True)), None, NOON)
    assert list(tmp_path.iterdir()) == []


def test_leaves_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sqlite, "create", _broken)
    with pytest.raises(OSError, match="disk"):
        make_till(tmp_path / "t", PROFILE, walks.ANCHOR, LIST, NOON)
    assert list(tmp_path.iterdir()) == []


def _broken(*_: object) -> None:
    raise OSError("disk")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: shutil.rmtree(folder),
        lambda folder: (folder / "till.json").unlink(),
        lambda folder: (folder / "till.json").write_text("{"),
        lambda folder: (folder / "till.json").write_text("[]"),
        lambda folder: (folder / "till.json").write_text(json.dumps({"partner": 1})),
        lambda folder: (folder / "trust" / "root-1.cbor").unlink(),
    ],
)
def test_a_broken_folder_is_one_sentence(folder: Path, spoil: Callable[[Path], object]) -> None:
    spoil(folder)
    with pytest.raises(NoTill) as fault:
        Till.open(folder)
    assert str(folder) in fault.value.sentence


def test_a_till_whose_list_is_missing_or_broken_says_so(folder: Path, clock: Clock) -> None:
    for data in (None, b"", LIST[:-1]):
        path = folder / "trust" / "list.cbor"
        path.unlink(missing_ok=True) if data is None else path.write_bytes(data)
        with Till.open(folder, clock) as till:
            assert till.check(live(make_claims())).verdict is Verdict.NO_LIST


# Time.


@pytest.mark.promise("P20")
def test_the_floor_never_goes_down_whatever_the_clock_does(folder: Path, clock: Clock) -> None:
    """1,000 random walks of the clock, over one long life of a till that also restarts."""
    chance, number, version, floor = random.Random(20), 0, 10, NOON - DAY
    till = Till.open(folder, clock)
    till.journal.database.connection.execute(
        "PRAGMA synchronous = OFF"
    )  # the disk is not what is walked here
    claims = {"uses": 0, "not_before": NOON - DAY, "expires": NOON + 300 * DAY}
    for walk in range(1000):
        clock.now = till.trust.floor + chance.choice((-3 * DAY, -301, -300, 0, 0, 0, 900, 3600))
        for _ in range(3):
            clock.now += chance.choice((-DAY, -301, -300, -1, 0, 0, 0, 1, 60, 3600))
            number += 1
            now = max(clock.now, till.trust.floor)
            receipt = till.accept(live(make_claims(number, **claims), now))
            behind = clock.now < floor - 300
            assert (receipt.decision.verdict is Verdict.CLOCK_WRONG) == behind
            assert receipt.decision.effective >= floor
            assert till.trust.floor >= floor
            floor = till.trust.floor
        if walk % 100 == 50:
            version += 1
            issued = floor + 1
            keys = tuple(replace(k, accept_until=NOON + 400 * DAY) for k in make_list().keys)
            value = make_list(version, issued=issued, expires=issued + 60 * DAY, keys=keys)
            assert till.update(trust_file(value)) is Outcome.INSTALLED
            till.close()
            till = Till.open(folder, clock)
            till.journal.database.connection.execute("PRAGMA synchronous = OFF")
            floor = till.trust.floor
            assert floor == issued
    effective = [row.effective for row in till.rows()]
    assert effective == sorted(effective) and len(effective) > 500
    till.close()


def test_a_slow_clock_is_explained_in_words(till: Till, clock: Clock) -> None:
    clock.now = start_of(date(2026, 10, 1)) + 9 * 3600
    receipt = till.accept(live(make_claims()))
    said = receipt.explain("fr")
    assert "1er octobre 2026 à 9 h 00" in said.sentence and "13 octobre 2026" in said.sentence


def test_nine_phones_tell_a_till_that_its_clock_is_wrong(till: Till) -> None:
    for n in range(1, 3):
        till.accept(live(make_claims(n), NOON - 100))
    assert till.status().phones is None
    for n in range(3, 10):
        till.accept(live(make_claims(n), NOON - 100))
    assert till.status().phones == -100
    assert not till.status().clock_suspect


def test_limits_count_by_the_paris_day(till: Till, clock: Clock) -> None:
    midnight = start_of(date(2026, 10, 15))
    claims = make_claims(uses=1, period=Period.DAY)
    clock.now = midnight - 2
    assert till.accept(live(claims, clock.now, 1)).green
    clock.now = midnight - 1
    refused = till.accept(live(claims, clock.now, 2))
    assert refused.decision.verdict is Verdict.USED_UP
    assert "15 octobre 2026" in refused.explain("fr").next
    clock.now = midnight
    assert till.accept(live(claims, clock.now, 3)).green
