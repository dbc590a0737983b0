"""What changed is seen, whatever it is; and a look says nothing of a cache that it has not looked into."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from cje.machine.cache_file import cache_path, read_cache, write_cache
from cje.machine.file_stamp import FileStamp, StampCheck, check_stamps, read_stamp
from cje.machine.prefetch import start_prefetch

NAMES = ("a.txt", "b/c.txt", "b/d/e.txt", "f.txt")


class Cache(msgspec.Struct):
    """As any cache of files: other things beside, and more of each file than how it looked."""

    other: str
    files: dict[str, tuple[FileStamp | None, str]]


OLD_NS = 1_000_000_000
TICK = 0.02  # seconds, more than any clock of files counts in


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cje.machine.prefetch.count_processors", lambda: 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(name)
    for name in NAMES:
        os.utime(tmp_path / "site" / name, ns=(OLD_NS, OLD_NS))
    files = {name: (read_stamp(str(tmp_path / "site" / name)), "digest") for name in NAMES}
    write_cache(tmp_path / "cache.json", Cache("x", files))
    return tmp_path / "site"


def found(folder: Path) -> set[str]:
    looked = check_stamps(folder.parent / "cache.json", f"{folder}{os.sep}")
    assert looked is not None
    return set(looked.changed)


def rewritten(path: Path) -> None:
    """The same size and the same time of change, as an archiver sets it."""
    state = path.stat()
    time.sleep(TICK)
    path.write_text(path.read_text().upper())
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("change", [rewritten, linked, a_folder, Path.unlink, Path.touch])
def test_each_change_of_a_file_is_seen(folder: Path, change: Callable[[Path], object]) -> None:
    assert found(folder) == set()
    change(folder / "b/c.txt")
    assert found(folder) == {"b/c.txt"}


@pytest.mark.parametrize("inside", ["b", "b/d"])
def test_a_folder_that_became_a_link_is_seen_though_the_files_are_the_same(folder: Path, inside: str) -> None:
    linked(folder / inside)
    assert found(folder) == {name for name in NAMES if name.startswith(f"{inside}/")}


def test_a_file_that_could_not_be_relied_on_counts_as_changed(folder: Path) -> None:
    cache = folder.parent / "cache.json"
    write_cache(cache, Cache("x", {"a.txt": (None, "digest")}))
    assert found(folder) == {"a.txt"}


def test_a_look_names_the_cache_that_it_looked_into(folder: Path) -> None:
    cache = folder.parent / "cache.json"
    first, sealed = check_stamps(cache, f"{folder}/"), read_cache(cache, Cache)
    assert first is not None and sealed is not None and first.checksum == sealed.checksum
    write_cache(cache, Cache("y", sealed.value.files))
    second = check_stamps(cache, f"{folder}/")
    assert second is not None and second.checksum != first.checksum


@pytest.mark.parametrize("data", [b"", b"{}", b"0" * 32 + b"\n{}", b"\xff" * 40, b"x" * 33 + b'{"files":{}}'])
def test_a_cache_that_is_cut_or_edited_is_none(folder: Path, data: bytes) -> None:
    cache = folder.parent / "cache.json"
    whole = cache.read_bytes()
    for broken in (data, whole[:-1], whole.replace(b"a.txt", b"A.txt"), whole + b" "):
        cache.write_bytes(broken)
        assert check_stamps(cache, f"{folder}/") is None and read_cache(cache, Cache) is None
    cache.unlink()
    assert check_stamps(cache, f"{folder}/") is None


def test_caches_of_two_folders_lie_apart(tmp_path: Path) -> None:
    content = tmp_path / "content"
    places = [cache_path(content, "site", tmp_path / name) for name in ("one", "two")]
    assert len({*places, cache_path(content, "build"), cache_path(content, "check")}) == 4
    assert {path.parent for path in places} == {tmp_path / ".cje-cache"}


def test_another_process_looks_meanwhile(two_processors: None) -> None:
    here = os.getpid()
    answer = start_prefetch(lambda: StampCheck(str(os.getpid()), frozenset({"x"})), StampCheck)()
    assert answer is not None and answer.changed == {"x"} and answer.checksum != str(here)


@pytest.mark.parametrize("fault", ["raises", "dies", "lies", "large"])
def test_a_look_that_fails_is_none_and_one_of_any_size_comes_back(fault: str, two_processors: None) -> None:
    def work() -> StampCheck:
        if fault == "raises":
            raise RuntimeError
        if fault == "dies":
            os._exit(1)
        return 1 if fault == "lies" else StampCheck("s", frozenset(map(str, range(50_000))))  # type: ignore[return-value]

    answer = start_prefetch(work, StampCheck)()
    assert answer is None if fault != "large" else answer is not None and len(answer.changed) == 50_000


def test_a_single_processor_looks_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cje.machine.prefetch.count_processors", lambda: 1)
    assert start_prefetch(lambda: StampCheck("s", frozenset()), StampCheck)() is None
