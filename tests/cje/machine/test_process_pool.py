"""Work that several processes share comes back whole and in order, whatever happens to one of them."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from catalogue import OfferCache, read_lazy_catalogue
from catalogue.reading import offer_reading
from cje.machine import process_pool

ROOT = Path(__file__).resolve().parents[3]
ITEMS = list(range(process_pool.WORTH_SHARING + 7))
HERE = os.getpid()


@pytest.mark.parametrize("jobs", [2, 3])
def test_results_come_in_the_items_order_from_this_process_and_others(jobs: int) -> None:
    def act(item: int) -> tuple[int, int]:
        time.sleep(0.000_2)
        return item, os.getpid()

    results = list(process_pool.map_in_workers(act, ITEMS, jobs))
    assert [item for item, _ in results] == ITEMS
    by = Counter(pid for _, pid in results)
    assert 2 <= len(by) <= jobs and by[HERE] < len(ITEMS)


@pytest.mark.parametrize("jobs, items", [(1, ITEMS), (2, ITEMS[:-20])], ids=["one process", "few items"])
def test_little_work_is_done_here(jobs: int, items: list[int]) -> None:
    assert set(process_pool.map_in_workers(lambda item: os.getpid(), items, jobs)) == {HERE}


def first_of_the_other(item: int, note: Path) -> int:
    """The item that the other process did first; this one waits for it to begin."""
    if os.getpid() != HERE:
        note.with_suffix(".new").write_text(str(item))
        note.with_suffix(".new").rename(note)
        return item
    end = time.monotonic() + 20
    while not note.exists():
        assert time.monotonic() < end, "the other process never began"
        time.sleep(0.001)
    return int(note.read_text())


def test_what_a_killed_process_left_is_done_here(tmp_path: Path) -> None:
    def act(item: int) -> int:
        first_of_the_other(item, tmp_path / "first")
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert list(process_pool.map_in_workers(act, ITEMS, 2)) == ITEMS


def test_an_item_at_which_a_child_fails_comes_next_here(tmp_path: Path) -> None:
    """Not when all the rest is done: a page that is refused is told at once."""
    done = 0

    def act(item: int) -> int:
        nonlocal done
        failed = first_of_the_other(item, tmp_path / "first")
        done += 1
        time.sleep(0.000_2)
        return 1 // (item - failed)

    with pytest.raises(ZeroDivisionError):
        list(process_pool.map_in_workers(act, ITEMS * 10, 2))
    assert done < len(ITEMS)


def test_a_crew_of_several_ends_though_signals_are_taken_and_pipes_are_full() -> None:
    def act(item: int) -> bytes:
        if os.getpid() == HERE:
            raise ZeroDivisionError
        return item.to_bytes(4, "big") * 10_000

    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        for _ in range(10):
            with pytest.raises(ZeroDivisionError):
                list(process_pool.map_in_workers(act, ITEMS * 4, 4))
    finally:
        signal.signal(signal.SIGTERM, before)


def test_where_no_process_may_be_started_this_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    before = len([*Path("/proc/self/fd").iterdir()])
    assert list(process_pool.map_in_workers(lambda item: item, ITEMS, 3)) == ITEMS
    assert len([*Path("/proc/self/fd").iterdir()]) == before


def test_where_the_system_takes_the_dead_away_nothing_is_missing() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert list(process_pool.map_in_workers(lambda item: item, ITEMS, 3)) == ITEMS
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_what_fills_every_pipe_comes_whole() -> None:
    """Also while this process is long at an item of its own, and the other must wait to be heard."""

    def act(item: int) -> bytes:
        time.sleep(0.2 if item % 400 == 0 and os.getpid() == HERE else 0)
        return item.to_bytes(4, "big") * 10_000

    assert [len(told) for told in process_pool.map_in_workers(act, ITEMS, 2)] == [40_000] * len(ITEMS)


def test_a_crew_that_is_sent_home_leaves_no_process_and_no_pipe() -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = children.read_text(), len([*Path("/proc/self/fd").iterdir()])
    results = process_pool.map_in_workers(lambda item: item, ITEMS, 3)
    assert next(results) == 0 and children.read_text() != before[0]
    results.close()  # type: ignore[attr-defined]
    assert (children.read_text(), len([*Path("/proc/self/fd").iterdir()])) == before


def test_a_fault_in_a_process_is_told_here(tmp_path: Path) -> None:
    def act(item: int) -> float:
        return 1 / (item - first_of_the_other(item, tmp_path / "first"))

    with pytest.raises(ZeroDivisionError):
        list(process_pool.map_in_workers(act, ITEMS, 2))


def test_several_processes_read_what_one_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "WORTH_SHARING", 1)
    monkeypatch.setattr(offer_reading, "WORTH_SHARING", 1)
    one, two = (
        read_lazy_catalogue(ROOT / "content", OfferCache(tmp_path / f"{jobs}.json", hints=False), jobs=jobs)
        for jobs in (1, 2)
    )
    assert one.offers == two.offers
    assert [offer.steps for offer in one.offers] == [offer.steps for offer in two.offers]
