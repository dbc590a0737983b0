"""A damaged journal is set aside and what it accepted stays accepted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import walks
from till_world import NOON, PARTNER, live, make_claims, make_list, trust_file

from verifier import TillProfile, Verdict
from verifier.errors import JournalDamaged, KeyExposed, NoTill
from verifier.till.folder import TillFolder
from verifier.till.repair import repair
from verifier.till.till import Till, make_till
from voucher.journal import decode_export

ROWS = 60


@pytest.fixture
def folder(tmp_path: Path) -> TillFolder:
    path = tmp_path / "caisse"
    make_till(path, TillProfile(PARTNER, "Guichet 1", False), walks.ANCHOR, trust_file(make_list()), NOON)
    with Till.open(path, lambda: NOON) as till:
        for number in range(ROWS):
            assert till.accept(live(make_claims(number))).green
        till.journal.database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return TillFolder(path)


def _edit(sql: str) -> Callable[[TillFolder], None]:
    def damage(folder: TillFolder) -> None:
        with Till.open(folder.path) as till:
            till.journal.database.connection.execute(sql)

    return damage


def _overwrite(start: int, size: int) -> Callable[[TillFolder], None]:
    def damage(folder: TillFolder) -> None:
        data = bytearray(folder.journal.read_bytes())
        data[start : start + size] = bytes(size)
        folder.journal.write_bytes(data)

    return damage


@pytest.mark.parametrize(
    ("damage", "least", "most"),
    [
        (_edit("UPDATE own_row SET hash = zeroblob(32) WHERE n = 40"), 39, 39),
        (_edit("UPDATE own_row SET bytes = x'00' WHERE n = 1"), 0, 0),
        (_edit("DELETE FROM own_row WHERE n = 20"), 19, 19),
        (_edit("DELETE FROM use"), ROWS, ROWS),
        (_overwrite(0, 100), 0, 0),
        (_overwrite(4096 * 12, 4096 * 8), 0, ROWS),
        (lambda folder: folder.journal.write_bytes(b""), 0, 0),
        (lambda folder: folder.journal.unlink(), 0, 0),
    ],
)
def test_what_holds_goes_on_counting(
    folder: TillFolder, damage: Callable[[TillFolder], object], least: int, most: int
) -> None:
    damage(folder)
    done = repair(folder, NOON)
    assert least <= done.rows <= most
    with Till.open(folder.path, lambda: NOON) as till:
        for number in range(done.rows):
            assert till.check(live(make_claims(number))).verdict is Verdict.ALREADY_ACCEPTED
        assert till.accept(live(make_claims(1000))).row == 1
        assert till.journal.check() == 1
        assert list(till.double_uses()) == []
        assert decode_export(till.export()).key == till.journal.key
    if done.rows:
        assert decode_export((done.aside / "journal.cje").read_bytes()).last == done.rows
    assert (done.aside / "till.key").exists()


def test_repair_never_turns_back_the_time(folder: TillFolder) -> None:
    with Till.open(folder.path, lambda: NOON + 5000) as till:
        till.accept(live(make_claims(999), NOON + 5000))
    repair(folder, NOON)
    with Till.open(folder.path, lambda: NOON) as till:
        assert till.trust.floor == NOON + 5000
        assert till.check(live(make_claims(998))).verdict is Verdict.CLOCK_WRONG


def test_a_damaged_journal_accepts_nothing_before_repair(folder: TillFolder) -> None:
    folder.journal.write_bytes(b"SQLite format 3\x00" + bytes(5000))
    with pytest.raises(JournalDamaged) as fault:
        Till.open(folder.path)
    assert "cje till repair" in fault.value.sentence


def test_repair_touches_nothing_it_may_not(folder: TillFolder, tmp_path: Path) -> None:
    with pytest.raises(NoTill):
        repair(TillFolder(tmp_path / "ailleurs"), NOON)
    folder.key.chmod(0o644)
    with pytest.raises(KeyExposed):
        repair(folder, NOON)
    assert folder.journal.exists()
