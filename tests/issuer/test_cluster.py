"""A cluster of Dask on loopback, under TLS, as docs/scale.md sets it up: the same bytes, whoever dies."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from issuer_world import NOW, PHRASE, ROOT, make_campaign, make_state, people, run, tree

from catalogue import Catalogue
from issuer.cards import cluster
from issuer.cards.cluster import Cluster
from issuer.cards.engines import Here
from issuer.cards.layout import Layout
from issuer.cli import main
from issuer.errors import IssuerError, KeyRefused
from issuer.handover import letters, opening
from issuer.handover.opening import Opening
from issuer.publishing import issue, renewal

GUIDE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
COUNT = 260  # two shards
FEW = 30


def commands(title: str) -> list[str]:
    """The lines of the shell block under a heading of the guide."""
    block = GUIDE.split(f"## {title}\n")[1].split("```sh\n")[1].split("```")[0]
    return block.replace("\\\n", " ").strip().splitlines()


@dataclass(frozen=True)
class Running:
    """A cluster that runs: its scheduler's address, the folder of its certificates."""

    address: str
    tls: Path
    folder: Path

    def engine(self, *, keys: bool = False) -> Cluster:
        return Cluster(self.address, self.tls, keys_may_leave=keys)


def started(line: str, folder: Path, log: str) -> subprocess.Popen[bytes]:
    """Start a command of the guide in its folder; workers find this file's functions."""
    words = shlex.split(line)
    with (folder / log).open("wb") as file:
        return subprocess.Popen(
            [str(BIN / words[0]), *words[1:]],
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("cluster")
    for line in commands("Les certificats"):
        subprocess.run(line, shell=True, cwd=folder, check=True, capture_output=True)  # noqa: S602
    [scheduler] = commands("L'ordonnanceur")
    assert "--port 8786" in scheduler
    scheduler = scheduler.replace("--port 8786", "--host 127.0.0.1 --port 0")
    first = started(scheduler, folder, "scheduler.log")
    log = folder / "scheduler.log"
    try:
        while not (found := re.search(rb"tls://127\.0\.0\.1:[0-9]+", log.read_bytes())):
            assert first.poll() is None, log.read_text()
        address = found[0].decode()
        [worker] = commands("Les machines qui travaillent")
        assert "tls://machine-a:8786" in worker and "--nworkers 4" in worker
        worker = worker.replace("tls://machine-a:8786", address).replace("--nworkers 4", "--nworkers 2")
        second = started(f"{worker} --host 127.0.0.1", folder, "worker.log")
        try:
            yield Running(address, folder / "grappe", folder)
        finally:
            second.terminate()
            second.wait(20)
    finally:
        first.terminate()
        first.wait(20)


@pytest.fixture(scope="module")
def openings(few: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> list[Opening]:
    folder = tmp_path_factory.mktemp("letters")
    made = make_state(folder / "vault")
    run(made, few, folder / "out", people(12))
    porter = opening.porter(made.campaign_secret(PHRASE), few, "https://carte.example")
    with made.register.reading() as connection:
        found = list(opening.openings(connection, porter, range(1, 13), NOW))
    made.close()
    return [one for one in found if isinstance(one, Opening)]


def test_letters_are_set_elsewhere_and_no_key_goes_there(running: Running, openings: list[Opening]) -> None:
    shards = [(f"letter-{i}.pdf", openings[i : i + 4]) for i in range(0, 12, 4)]
    work = partial(letters.named, form="letter", look=letters.Look("Le Bon Élan", "fr"))
    assert list(running.engine().run(work, shards)) == [work(shard) for shard in shards]


@pytest.mark.promise("P21")
def test_keys_stay_unless_the_operator_lets_them_leave(
    running: Running, few: Catalogue, tmp_path: Path
) -> None:
    """Nothing is decided either, and nothing is written."""
    made = make_state(tmp_path / "vault")
    with pytest.raises(KeyRefused) as caught:
        issued(made, few, tmp_path / "out", running.engine())
    assert caught.value.code == "keys_stay_here" and not (tmp_path / "out").exists()
    with made.register.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM people").scalar_one() == 0
    made.close()


class Dying:
    """The seeded fault: both workers are killed in the middle of a shard, with all that they hold."""

    elsewhere = keys_may_leave = True

    def __init__(self, engine: Cluster, marks: tuple[Path, Path]) -> None:
        self.engine, self.marks = engine, marks

    def run(self, work: Callable[[Any], Any], shards: Any) -> Iterator[Any]:
        return self.engine.run(partial(_fatal, work, self.marks), shards)


def _fatal(work: Callable[[Any], Any], marks: tuple[Path, ...], shard: Any) -> Any:
    for mark in marks:
        with suppress(FileExistsError):
            mark.touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)
    return work(shard)


def issued(
    made: Any,
    few: Catalogue,
    out: Path,
    engine: Any,
    arranged: Layout = "files",
    count: int = COUNT,
) -> dict[str, bytes]:
    issue.issue(
        made,
        few,
        make_campaign(few),
        people(count),
        out=out,
        passphrase=PHRASE,
        now=NOW,
        engine=engine,
        arranged=arranged,
    )
    return tree(out)


@pytest.mark.promise("P13")
def test_workers_killed_in_the_middle_change_no_byte(
    running: Running, few: Catalogue, tmp_path: Path
) -> None:
    made = make_state(tmp_path / "vault")
    expected = issued(made, few, tmp_path / "here", Here())
    marks = (tmp_path / "killed", tmp_path / "killed-too")
    dying = Dying(running.engine(keys=True), marks)
    assert issued(made, few, tmp_path / "there", dying) == expected
    assert all(mark.exists() for mark in marks)
    made.close()


def test_packs_made_elsewhere_are_the_same_and_logs_tell_nothing(
    running: Running, few: Catalogue, tmp_path: Path
) -> None:
    made = make_state(tmp_path / "vault")
    issued(made, few, tmp_path / "there", running.engine(keys=True), "packs", FEW)
    renewal.publish(made, few, out=tmp_path / "here", passphrase=PHRASE, now=NOW, arranged="packs")
    assert tree(tmp_path / "there") == tree(tmp_path / "here")
    secret = made.campaign_secret(PHRASE)
    logs = b"".join(path.read_bytes() for path in running.folder.glob("*.log"))
    assert b"Registered to" in logs
    for number in range(1, FEW + 1):
        assert secret.activation_code(number, 1).encode() not in logs
    made.close()


def test_a_worker_of_another_version_makes_nothing(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "digest_of_code", lambda: "another")
    with pytest.raises(IssuerError) as caught:
        list(running.engine().run(str, [1]))
    assert caught.value.code == "worker_of_another_version"


def test_another_certificate_and_nobody_at_the_address_are_one_sentence(
    running: Running, tmp_path: Path
) -> None:
    for line in commands("Les certificats"):
        subprocess.run(line, shell=True, cwd=tmp_path, check=True, capture_output=True)  # noqa: S602
    for engine in (
        Cluster(running.address, tmp_path / "grappe", patience=2),
        Cluster("tcp://127.0.0.1:1", patience=1),
        Cluster(running.address, tmp_path / "nowhere", patience=1),
    ):
        with pytest.raises(IssuerError) as caught:
            list(engine.run(str, [1]))
        assert caught.value.code == "scheduler_absent"


@pytest.mark.parametrize("address", ["tcp://192.0.2.7:8786", "192.0.2.7:8786", "tcp://grappe.example:1"])
def test_between_machines_there_is_tls_or_nothing(address: str) -> None:
    with pytest.raises(IssuerError) as caught:
        Cluster(address)
    assert caught.value.code == "scheduler_without_tls"


def test_the_guide_names_options_that_exist() -> None:
    lines = [shlex.split(line) for line in GUIDE.splitlines() if line.startswith("cje issuer ")]
    assert len(lines) >= 3
    for words in lines:
        known = {name for option in main.issuer.commands[words[2]].params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= known
