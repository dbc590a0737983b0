"""Work that several processes share comes back whole and in order, whatever happens to one of them."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from catalogue import Memory, read_shelved, reading
from machine import crew

ROOT = Path(__file__).resolve().parents[2]
ITEMS = list(range(crew.WORTH_SHARING + 7))
HERE = os.getpid()


@pytest.mark.parametrize("jobs", [2, 3])
def test_results_come_in_the_items_order_from_this_process_and_others(jobs: int) -> None:
    def act(item: int) -> tuple[int, int]:
        time.sleep(0.000_2)
        return item, os.getpid()

    results = list(crew.each(act, ITEMS, jobs))
    assert [item for item, _ in results] == ITEMS
    by = Counter(pid for _, pid in results)
    assert 2 <= len(by) <= jobs and by[HERE] < len(ITEMS)


@pytest.mark.parametrize("jobs, items", [(1, ITEMS), (2, ITEMS[:-20])], ids=["one process", "few items"])
def test_little_work_is_done_here(jobs: int, items: list[int]) -> None:
    assert set(crew.each(lambda item: os.getpid(), items, jobs)) == {HERE}


def test_what_a_killed_process_left_is_done_here() -> None:
    def act(item: int) -> int:
        if item == 200 and os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert list(crew.each(act, ITEMS, 2)) == ITEMS


def test_what_fills_every_pipe_comes_whole() -> None:
    """Also while this process is long at an item of its own, and the other must wait to be heard."""

    def act(item: int) -> bytes:
        time.sleep(0.2 if item % 400 == 0 and os.getpid() == HERE else 0)
        return item.to_bytes(4, "big") * 10_000

    assert [len(told) for told in crew.each(act, ITEMS, 2)] == [40_000] * len(ITEMS)


def test_a_crew_that_is_sent_home_leaves_no_process_and_no_pipe() -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = children.read_text(), len([*Path("/proc/self/fd").iterdir()])
    results = crew.each(lambda item: item, ITEMS, 3)
    assert next(results) == 0 and children.read_text() != before[0]
    results.close()  # type: ignore[attr-defined]
    assert (children.read_text(), len([*Path("/proc/self/fd").iterdir()])) == before


def test_a_fault_in_a_process_is_told_here() -> None:
    with pytest.raises(ZeroDivisionError):
        list(crew.each(lambda item: item // (item - 300), ITEMS, 2))


def test_several_processes_read_what_one_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "WORTH_SHARING", 1)
    monkeypatch.setattr(reading, "WORTH_SHARING", 1)
    one, two = (
        read_shelved(ROOT / "content", Memory(tmp_path / f"{jobs}.json", hints=False), jobs=jobs)
        for jobs in (1, 2)
    )
    assert one.offers == two.offers
    assert [offer.steps for offer in one.offers] == [offer.steps for offer in two.offers]
