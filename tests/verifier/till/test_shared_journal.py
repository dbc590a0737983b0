"""The tills of a shop on one PostgreSQL: one use counts everywhere, each till keeps a chain of its own.

Only these tests of the room leave the process, through the Unix socket of a server that they start.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import walks
from till_world import DAY, NOON, PAPER, PARTNER, live, make_claims, make_list, paper, trust_file

from tools.postgresql import PostgreSQL as Server
from verifier import TillProfile, Verdict
from verifier.errors import (
    BadInput,
    JournalBusy,
    JournalDamaged,
    JournalUnreachable,
    NotVoidable,
)
from verifier.till.folder import TillFolder
from verifier.till.postgresql import PostgreSQL, check_url
from verifier.till.repair import repair
from verifier.till.till import Till, make_till
from voucher.journal import decode_export

Open = Callable[..., Till]


@pytest.fixture(scope="module")
def url(postgresql: Server) -> str:
    return postgresql.database()


@pytest.fixture
def opened(tmp_path: Path, url: str) -> Iterator[Open]:
    """Open the till of a name, made on the shop's journal when it is new; the journal starts empty."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS cje_journal CASCADE")
    tills: list[Till] = []

    def open_(name: str = "Guichet 1", now: int = NOON) -> Till:
        path = tmp_path / name
        if not path.exists():
            profile = TillProfile(PARTNER, name, False)
            make_till(path, profile, walks.ANCHOR, trust_file(make_list()), NOON, url)
        tills.append(Till.open(path, lambda: now))
        return tills[-1]

    yield open_
    for till in tills:
        till.close()


def test_what_one_till_accepts_the_next_one_refuses_and_says_where(opened: Open) -> None:
    here, there = opened("Guichet 1"), opened("Guichet 2", NOON + 12)
    assert here.accept(live(make_claims())).green
    again = there.accept(live(make_claims()))
    assert again.decision.verdict is Verdict.ALREADY_ACCEPTED
    assert "Guichet 1" in again.explain("fr").sentence
    # Another counter of the same voucher: not the same use, but over its limit.
    assert there.accept(live(make_claims(), NOON, 2)).decision.verdict is Verdict.USED_UP


def test_paper_is_counted_by_the_whole_shop(opened: Open) -> None:
    tills = [opened(f"Guichet {number}") for number in range(3)]
    text = paper(make_claims(holder=None, offer=PAPER, uses=2))
    assert [till.accept(text, confirmed=True).green for till in tills] == [True, True, False]


def test_each_till_has_its_own_chain_its_own_voids_and_its_own_digits(opened: Open) -> None:
    here, there = opened("Guichet 1"), opened("Guichet 2")
    for number in range(4):
        assert (here, there)[number % 2].accept(live(make_claims(number))).row == number // 2 + 1
    with pytest.raises(NotVoidable):
        there.void(3, "erreur")
    assert here.void(1, "erreur") == 3
    assert there.accept(live(make_claims(0))).row == 3
    assert (here.journal.check(), there.journal.check()) == (3, 3)
    one, other = decode_export(here.export()), decode_export(there.export())
    assert one.key != other.key and (one.till, other.till) == ("Guichet 1", "Guichet 2")
    digits = int(here.draw_challenge())
    answer = live(make_claims(9), NOON - 3600, 1, digits)
    assert there.accept(answer, challenge=digits).decision.verdict is Verdict.NOT_LIVE
    assert here.accept(answer, challenge=digits).green


def test_an_export_of_a_till_of_the_same_journal_brings_nothing_twice(opened: Open) -> None:
    here, there = opened("Guichet 1"), opened("Guichet 2")
    here.accept(live(make_claims()))
    merged = there.merge(here.export())
    assert (merged.new, merged.conflicts) == (0, ())
    assert list(there.double_uses()) == []


@pytest.mark.promise("P17")
def test_the_unique_key_alone_refuses_the_second_of_two(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tills that both looked before either wrote: without the turn, the key still decides."""
    here, there = opened("Guichet 1"), opened("Guichet 2")
    for till in (here, there):
        monkeypatch.setattr(till.journal.database, "_take_turn", _begin_without_turn(till))
    with here.journal.deciding(), pytest.raises(JournalBusy), there.journal.deciding():
        first, second = here.check(live(make_claims())), there.check(live(make_claims()))
        assert first.verdict is second.verdict is Verdict.ACCEPTED
        here.journal.accept(first, NOON, None, None)
        here.journal.database.connection.execute("COMMIT")  # type: ignore[attr-defined]
        there.journal.accept(second, NOON, None, None)
    assert [till.status().rows for till in (here, there)] == [1, 0]


def _begin_without_turn(till: Till) -> Callable[[], None]:
    return lambda: till.journal.database.connection.execute("BEGIN")  # type: ignore[attr-defined]


@pytest.mark.promise("P19")
def test_a_row_is_on_the_disk_before_green_whatever_the_servers_default(opened: Open, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER ROLE postgres SET synchronous_commit = off")
        try:
            assert opened().journal.database.read("SHOW synchronous_commit") == [("on",)]
        finally:
            connection.execute("ALTER ROLE postgres RESET synchronous_commit")


@pytest.mark.journey
def test_a_server_that_does_not_wait_for_its_disk_is_refused() -> None:
    with Server(fsync="off") as careless, pytest.raises(BadInput) as fault:
        PostgreSQL(careless.database())
    assert "fsync" in fault.value.sentence


def test_a_connection_that_was_cut_accepts_nothing_and_comes_back(opened: Open, url: str) -> None:
    till = opened()
    assert till.accept(live(make_claims(1))).green
    cut_all(url)
    assert till.accept(
        live(make_claims(2))
    ).green  # noticed at the next decision, before anything was written
    with pytest.raises(JournalUnreachable), till.journal.deciding():
        decision = till.check(live(make_claims(3)))
        till.journal.accept(decision, NOON, None, None)
        cut_all(url)
    assert till.accept(live(make_claims(3))).row == 3
    assert till.journal.check() == 3


def cut_all(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'cje'"
        )


def test_a_server_that_is_not_there_is_one_sentence(opened: Open, tmp_path: Path) -> None:
    till = opened()
    profile = till.folder.profile()
    till.close()
    gone = till.folder.path / "till.json"
    gone.write_text(gone.read_text().replace(str(profile.journal), f"postgresql:///x?host={tmp_path}"))
    with pytest.raises(JournalUnreachable) as fault:
        Till.open(till.folder.path)
    assert "rien n'a été accepté" in fault.value.sentence


def test_a_database_that_forgot_this_till_is_never_taken_for_its_journal(opened: Open, url: str) -> None:
    """Restored from nothing, or another shop's: the chain would begin a second time."""
    till = opened()
    till.accept(live(make_claims()))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA cje_journal CASCADE")
    with pytest.raises(JournalDamaged):
        till.accept(live(make_claims(2)))
    with pytest.raises(JournalDamaged):
        Till.open(till.folder.path)
    opened("Guichet 2")
    with pytest.raises(JournalDamaged):
        Till.open(till.folder.path)


def test_a_broken_chain_is_set_aside_and_its_uses_go_on_counting(opened: Open, url: str) -> None:
    here, there = opened("Guichet 1"), opened("Guichet 2")
    for number in range(5):
        assert here.accept(live(make_claims(number))).green
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE cje_journal.own_row SET hash = %s WHERE n = 4", (bytes(32),))
    with pytest.raises(JournalDamaged):
        here.journal.check()
    here.close()
    done = repair(TillFolder(here.folder.path), NOON)
    assert done.rows == 3 and decode_export((done.aside / "journal.cje").read_bytes()).last == 3
    for till in (opened("Guichet 1"), there):
        for number in range(5):
            assert till.check(live(make_claims(number))).verdict is Verdict.ALREADY_ACCEPTED
    fresh = opened("Guichet 1")
    assert fresh.accept(live(make_claims(7))).row == 1 and fresh.journal.check() == 1


def test_one_tills_fast_clock_does_not_stop_the_shop(opened: Open) -> None:
    fast, here = opened("Guichet 1", NOON + DAY), opened("Guichet 2")
    assert fast.accept(live(make_claims(1), NOON + DAY)).green
    assert here.accept(live(make_claims(2))).green


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("postgresql://caisse:secret@serveur/boutique", ".pgpass"),
        ("postgresql://caisse@serveur/boutique?password=secret", ".pgpass"),
        ("mysql://serveur/boutique", "postgresql://"),
        ("/chemin/journal.sqlite", "postgresql://"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_without_its_secret(address: str, word: str) -> None:
    with pytest.raises(BadInput) as fault:
        check_url(address)
    assert word in fault.value.sentence and "secret" not in fault.value.sentence + str(fault.value)


def test_both_journals_tell_the_same_story(opened: Open, tmp_path: Path) -> None:
    """Hundreds of scans and voids in one order, on SQLite and on PostgreSQL: the same answers."""
    make_till(
        tmp_path / "fichier",
        TillProfile(PARTNER, "Guichet 1", False),
        walks.ANCHOR,
        trust_file(make_list()),
        NOON,
    )
    pick, server = random.Random(20261121), opened("Guichet 1")
    with Till.open(tmp_path / "fichier", lambda: NOON) as file:
        for _ in range(250):
            number, seq = pick.randrange(60), pick.randrange(1, 4)
            paper_too = make_claims(number, uses=2, holder=None, offer=PAPER)
            text = (
                paper(paper_too) if number % 5 == 0 else live(make_claims(number, uses=number % 3), NOON, seq)
            )
            answers = [till.accept(text, confirmed=True) for till in (file, server)]
            assert answers[0] == answers[1]
            if answers[0].row and pick.random() < 0.2:
                assert file.void(answers[0].row, "erreur") == server.void(answers[0].row, "erreur")
        assert list(file.rows()) == list(server.rows())
        assert file.status().rows == server.status().rows > 50
