"""Stopped anywhere and run again, issuing gives exactly N: the register first, the artefact second."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import MethodType

import pytest
from issuer_world import NOW, PHRASE, make_campaign, make_state, people, tree
from sqlalchemy import Connection, event

from catalogue import Catalogue
from cje.files import Disk
from issuer.publishing import issue
from issuer.register import grants, vault
from issuer.register import people as enrolled
from issuer.register.vault import State
from voucher import activation

COUNT = 3
STOPPED = 77
MAX_STEPS = 200
KILLS = int(os.environ.get("CJE_KILLS", "10"))  # `make soak`: 200

Issue = Callable[[State, Catalogue, Path, Path, Disk], None]


class StoppingDisk(Disk):
    """A disk whose process ends at the n-th moment before or after a write, a rename, a sync or a commit."""

    def __init__(self, at: int, how: Callable[[], None]) -> None:
        self.left = at
        self.how = how

    def moment(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.how()

    def watch(self, opened: State) -> None:
        event.listen(opened.register.engine, "commit", lambda _connection: self.moment())

    def write(self, path: Path, data: bytes, mode: int) -> None:
        self.moment()
        super().write(path, data, mode)
        self.moment()

    def link(self, temporary: Path, path: Path) -> None:
        self.moment()
        super().link(temporary, path)
        self.moment()

    def rename(self, temporary: Path, path: Path) -> None:
        self.moment()
        super().rename(temporary, path)
        self.moment()

    def sync_folder(self, folder: Path) -> None:
        self.moment()
        super().sync_folder(folder)
        self.moment()


def right(opened: State, catalogue: Catalogue, out: Path, links: Path, disk: Disk) -> None:
    issue.issue(
        opened,
        catalogue,
        make_campaign(catalogue),
        people(COUNT),
        out=out,
        passphrase=PHRASE,
        now=NOW,
        links=links,
        disk=disk,
    )


def wrong(opened: State, catalogue: Catalogue, out: Path, links: Path, disk: Disk) -> None:
    """The seeded fault: artefacts are put in place, and only then does the register learn of them."""
    writing = opened.register.writing
    held = []

    @contextmanager
    def late(_register: object) -> Iterator[Connection]:
        transaction = writing()
        held.append(transaction)
        yield transaction.__enter__()

    opened.register.writing = MethodType(late, opened.register)  # type: ignore[method-assign]
    right(opened, catalogue, out, links, disk)
    for transaction in held:
        transaction.__exit__(None, None, None)


def stop_at(
    at: int,
    how: Callable[[], None],
    run: Issue,
    folder: Path,
    catalogue: Catalogue,
    seconds: float | None = None,
) -> bool:
    """Run in a child that ends at that moment, or is killed after so long; return whether it ended before."""
    child = os.fork()
    if child == 0:
        try:
            opened = vault.open_state(folder / "vault")
            disk = StoppingDisk(at, how)
            disk.watch(opened)
            run(opened, catalogue, folder / "out", folder / "links.csv", disk)
        except BaseException:
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert status != 1 << 8, "the run failed by itself"
    return status == 0


def faults_after(folder: Path) -> list[str]:
    """What is handed out and not recorded, or recorded half."""
    opened = vault.open_state(folder / "vault")
    with opened.register.reading() as connection:
        recorded = [grant.person for grant in grants.every(connection)]
        enrolled_now = enrolled.find(connection, range(1, COUNT + 1))
    secret = opened.campaign_secret(PHRASE)
    places = {
        activation.file_name(activation.bundle_path(secret.activation_code(number, 1))) for number in recorded
    }
    opened.close()
    found = [
        f"{name} is not recorded" for name in tree(folder / "out") if name[:2] == "w/" and name not in places
    ]
    if recorded and (recorded != list(range(1, COUNT + 1)) or len(enrolled_now) != COUNT):
        found.append("half of the batch is recorded")
    return found


def every_moment(
    run: Issue, how: Callable[[], None], tmp_path: Path, catalogue: Catalogue, step: int = 1
) -> tuple[int, list[str]]:
    """Stop a run at each moment in turn, look, run it again, look again; return moments and faults."""
    make_state(tmp_path / "vault").close()
    reference = tmp_path / "reference"
    shutil.copytree(tmp_path / "vault", reference / "vault")
    assert stop_at(MAX_STEPS, how, run, reference, catalogue)
    expected = (tree(reference / "out"), (reference / "links.csv").read_bytes())
    found: list[str] = []
    for at in range(0, MAX_STEPS, step):
        folder = tmp_path / str(at)
        shutil.copytree(tmp_path / "vault", folder / "vault")
        (folder / "out").mkdir()
        if stop_at(at, how, run, folder, catalogue):
            return at, found
        found += [f"moment {at}: {fault}" for fault in faults_after(folder)]
        (folder / "links.csv").unlink(missing_ok=True)
        assert stop_at(MAX_STEPS, how, right, folder, catalogue)
        if (tree(folder / "out"), (folder / "links.csv").read_bytes()) != expected:
            found.append(f"moment {at}: not exactly {COUNT} after running again")
        shutil.rmtree(folder)
    raise AssertionError("the run has more moments than this test allows")


def kill_at_random(
    run: Issue, random: Random, tmp_path: Path, catalogue: Catalogue, kills: int
) -> tuple[int, list[str]]:
    """Kill a run from outside at a random time, look, run it again, look again; return kills and faults."""
    make_state(tmp_path / "vault").close()
    reference = tmp_path / "reference"
    shutil.copytree(tmp_path / "vault", reference / "vault")
    start = time.perf_counter()
    assert stop_at(MAX_STEPS, leave, right, reference, catalogue)
    longest = time.perf_counter() - start
    expected = (tree(reference / "out"), (reference / "links.csv").read_bytes())
    found: list[str] = []
    killed = 0
    for turn in range(kills):
        folder = tmp_path / str(turn)
        shutil.copytree(tmp_path / "vault", folder / "vault")
        (folder / "out").mkdir()
        seconds = random.uniform(0, longest)
        if stop_at(MAX_STEPS, leave, run, folder, catalogue, seconds):
            longest = seconds  # it had ended: the first run was a slow one
        else:
            killed += 1
        found += [f"kill {turn}: {fault}" for fault in faults_after(folder)]
        (folder / "links.csv").unlink(missing_ok=True)
        assert stop_at(MAX_STEPS, leave, right, folder, catalogue)
        if (tree(folder / "out"), (folder / "links.csv").read_bytes()) != expected:
            found.append(f"kill {turn}: not exactly {COUNT} after running again")
        shutil.rmtree(folder)
    return killed, found


def leave() -> None:
    os._exit(STOPPED)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.promise("P13")
def test_stopped_at_any_moment_and_run_again_gives_exactly_n(tmp_path: Path, few: Catalogue) -> None:
    moments, found = every_moment(right, leave, tmp_path, few)
    assert found == [] and moments > 20


@pytest.mark.promise("P13")
def test_killed_and_run_again_gives_exactly_n(tmp_path: Path, few: Catalogue) -> None:
    _, found = every_moment(right, die, tmp_path, few, step=Random(tmp_path.name).choice((5, 7)))
    assert found == []


@pytest.mark.promise("P13")
def test_killed_at_random_times_and_run_again_gives_exactly_n(tmp_path: Path, few: Catalogue) -> None:
    killed, found = kill_at_random(right, Random(tmp_path.name), tmp_path, few, KILLS)
    assert found == [] and killed > KILLS // 3


@pytest.mark.promise("P13")
def test_random_kills_find_an_issuer_that_writes_before_it_records(tmp_path: Path, few: Catalogue) -> None:
    random = Random(tmp_path.name)
    for turn in range(40):
        _, found = kill_at_random(wrong, random, tmp_path / f"round {turn}", few, 5)
        if any("is not recorded" in fault for fault in found):
            return
    pytest.fail("200 kills found nothing")


@pytest.mark.promise("P13")
def test_the_harness_finds_an_issuer_that_writes_before_it_records(tmp_path: Path, few: Catalogue) -> None:
    _, found = every_moment(wrong, leave, tmp_path, few, step=3)
    assert any("is not recorded" in fault for fault in found)


@pytest.mark.promise("P14")
def test_what_the_activation_list_tells_of_is_on_the_disk_before_it(
    made: State, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of system calls: commit, content synced before it is named, names, then the list."""
    calls: list[tuple[str, str]] = []
    names: dict[int, str] = {}
    real_open, real_fsync, real_link, real_rename = os.open, os.fsync, os.link, Path.replace

    def record_open(path: os.PathLike[str] | str, flags: int, *rest: int) -> int:
        descriptor = real_open(path, flags, *rest)
        names[descriptor] = os.fspath(path)
        return descriptor

    def record_fsync(descriptor: int) -> None:
        real_fsync(descriptor)
        calls.append(("fsync", names[descriptor]))

    def record_link(source: Path, target: Path) -> None:
        real_link(source, target)
        calls.append(("link", str(target)))

    def record_rename(source: Path, target: Path) -> Path:
        calls.append(("rename", f"{source}>{target}"))
        return real_rename(source, target)

    monkeypatch.setattr(os, "open", record_open)
    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(os, "link", record_link)
    monkeypatch.setattr(Path, "replace", record_rename)
    event.listen(made.register.engine, "commit", lambda _connection: calls.append(("commit", "")))
    right(made, catalogue, tmp_path / "out", tmp_path / "links.csv", Disk())

    handed_out = calls.index(("link", str(tmp_path / "links.csv")))
    assert calls[0][0] == "commit"
    renames = [(i, call[1].split(">")) for i, call in enumerate(calls) if call[0] == "rename"]
    assert len(renames) > COUNT
    for index, (source, target) in renames:
        assert index < handed_out
        assert ("fsync", source) in calls[:index]
        assert ("fsync", str(Path(target).parent)) in calls[index:handed_out]
    assert ("fsync", str(tmp_path)) in calls[handed_out:]
