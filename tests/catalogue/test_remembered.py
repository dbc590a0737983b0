"""A check that remembers the last one finds exactly what a check that remembers nothing finds."""

from __future__ import annotations

import io
import json
import os
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalogue import Problem, examine_content
from catalogue.reading import cache as room
from catalogue.reading.cache import OfferCache
from cje.machine import cache_file
from cje.progress import Progress

TODAY = date(2026, 11, 21)
LATER = 10**19  # nanoseconds: every file was written long before


def memory_of(content: Path, now: int = LATER) -> OfferCache:
    memory = OfferCache.beside(content)
    memory.now_ns = lambda: now
    return memory


def found(
    content: Path, memory: OfferCache | None, day: date = TODAY
) -> tuple[list[Problem], bool, int, int]:
    examination = examine_content(content, day, memory)
    return list(examination.problems), examination.valid, examination.offers, examination.partners


def same(content: Path, day: date = TODAY, now: int = LATER) -> OfferCache:
    """Check with and without memory, and give the memory that was used."""
    memory = memory_of(content, now)
    assert found(content, memory, day) == found(content, None, day)
    return memory


@pytest.fixture
def many(content: Any) -> Any:
    text = (content.root / "offers/place.yaml").read_text()
    for number in range(20, 26):
        content.write(f"offers/place-{number}.yaml", text.replace("number: 12", f"number: {number}"))
    return content


def test_an_untouched_file_is_not_read_again(many: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert same(many.root).hits == 0
    opened: list[str] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest: opened.append(str(path)) or real(path, *rest))
    memory = memory_of(many.root)
    assert found(many.root, memory)[1:] == (True, 7, 1)
    assert memory.hits == 7 and not [path for path in opened if "/offers/" in path]


EDITS = (
    ("number: 12", "number: 24"),
    ("[loisirs]", "[loisir]"),
    ("2027-06-30", "2028-01-01"),
    ("2027-06-30", "2026-12-01"),
    ("reviewed: 2026-09-01\n", ""),
    ("insee: 95277", "insee: 95585"),
    ("status: published", "status: draft"),
    ("title: Une", "titre: Une"),
    ("Un film.", "]"),
    ("partner: le-grand-lampion", "partner: personne"),
)


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_one_edit_is_seen_and_so_is_its_undoing(old: str, new: str, many: Any) -> None:
    same(many.root)
    many.replace("offers/place.yaml", (old, new))
    assert same(many.root).hits == 6
    same(many.root)
    many.replace("offers/place.yaml")
    same(many.root)


def test_a_change_in_another_file_reaches_the_remembered_offers(many: Any) -> None:
    same(many.root)
    many.replace("partners/le-grand-lampion.yaml", ("2027-12-31", "2027-01-31"))
    memory = memory_of(many.root)
    problems = found(many.root, memory)[0]
    assert [problem.code for problem in problems] == ["offer-outlives-agreement"] * 7
    assert memory.hits == 7
    same(many.root)
    (many.root / "partners/le-grand-lampion.yaml").unlink()
    same(many.root)
    many.write("categories.yaml", "categories: []\n")
    same(many.root)


def test_another_day_gives_other_warnings_at_the_same_places(many: Any) -> None:
    many.replace("offers/place.yaml", ("insee: 95277", "insee: 95585"))
    for day in (TODAY, date(2027, 6, 20), date(2027, 7, 1), date(2027, 10, 1), TODAY):
        same(many.root, day)
        assert same(many.root, day).hits == 7


def test_files_fetched_anew_are_known_by_their_text(many: Any) -> None:
    same(many.root)
    for path in (many.root / "offers").iterdir():
        os.utime(path, ns=(1, 1))
    assert same(many.root).hits == 7


def test_a_file_written_just_now_is_read_though_its_times_are_the_same(many: Any) -> None:
    """Same size, same inode, and the times put back: only the rule about fresh files can tell."""
    path = many.root / "offers" / "place.yaml"
    state = path.stat()
    same(many.root, now=state.st_ctime_ns + room.SETTLED_NS - 1)
    entry = json.loads(memory_of(many.root).path.read_text().partition("\n")[2])["files"]["place"]
    assert entry[0] is None
    same(many.root, now=state.st_ctime_ns + room.SETTLED_NS + 10**9)
    entry = json.loads(memory_of(many.root).path.read_text().partition("\n")[2])["files"]["place"]
    assert entry[0] is not None


def test_a_removed_offer_is_forgotten(many: Any) -> None:
    same(many.root)
    (many.root / "offers/place-22.yaml").unlink()
    same(many.root)
    assert "place-22" not in memory_of(many.root).path.read_text()


def test_a_link_and_a_file_made_a_link_are_never_remembered_by_their_times(many: Any) -> None:
    same(many.root)
    path = many.root / "offers" / "place.yaml"
    path.rename(many.root / "offers" / "autre.yaml")
    path.symlink_to("autre.yaml")
    same(many.root)
    many.replace("offers/place.yaml", ("[loisirs]", "[loisir]"))
    same(many.root)


def spoil(text: str, chance: random.Random) -> str:
    """Some damage: cut, emptied, a character changed, something added."""
    place = chance.randrange(len(text))
    return chance.choice(
        (
            text[:place],
            text[:place] + chr(33 + chance.randrange(90)) + text[place + 1 :] + chance.choice(("", " ")),
            text + "}",
            "",
            "\x00" * 40,
            "[]",
            text.replace("published", "draft"),
            text.replace("le-grand-lampion", "personne"),
        )
    )


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_cache_changes_no_result(seed: int, many: Any) -> None:
    chance = random.Random(seed)
    same(many.root)
    many.replace("offers/place.yaml", chance.choice(EDITS))
    path = memory_of(many.root).path
    whole = path.read_text(encoding="utf-8")
    path.write_text(spoil(whole, chance), encoding="utf-8")
    same(many.root)
    assert same(many.root).hits >= 6, "the cache has healed"


def test_what_other_rules_learnt_is_forgotten(many: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    same(many.root)
    monkeypatch.setattr(room, "rules_digest", lambda: "other rules")
    assert same(many.root).hits == 0


def test_the_rules_are_named_by_the_bytes_of_every_module(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "offer.py").write_text("A = 1\n")
    monkeypatch.setattr(room, "_ROOM", tmp_path)
    room.rules_digest.cache_clear()
    first = room.rules_digest()
    room.rules_digest.cache_clear()
    (tmp_path / "model" / "offer.py").write_text("A = 2\n")
    assert room.rules_digest() != first
    room.rules_digest.cache_clear()


def test_a_place_where_nothing_can_be_written_costs_only_time(many: Any) -> None:
    (many.root.parent / ".cje-cache").write_text("a file where the folder should be")
    same(many.root)
    assert same(many.root).hits == 0


def test_a_cache_too_large_is_not_read(many: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    same(many.root)
    size = memory_of(many.root).path.stat().st_size
    monkeypatch.setattr(cache_file, "MAX_CACHE", size)
    assert same(many.root).hits == 7
    monkeypatch.setattr(cache_file, "MAX_CACHE", size - 1)
    assert same(many.root).hits == 0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "per_file", "drawn"),
    [(Terminal(), 0.01, True), (Terminal(), 0.001, False), (io.StringIO(), 0.01, False)],
    ids=["slow", "quick", "not-a-terminal"],
)
def test_a_bar_is_drawn_over_two_seconds_and_on_a_terminal_only(
    stream: io.StringIO, per_file: float, drawn: bool
) -> None:
    now = 0.0
    progress = Progress("Vérification", stream, lambda: now)
    for done in range(1, 1_001):
        now = done * per_file
        progress(done, 1_000)
    assert ("100%" in stream.getvalue()) is drawn
    assert bool(stream.getvalue()) is drawn
