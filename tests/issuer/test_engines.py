"""Shards run anywhere: the same results in the same order, whoever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from issuer_world import NOW, PHRASE, RIGHT, ROOT, make_campaign, make_state, people, run, tree

from catalogue import Catalogue
from issuer.cards.engines import MAX_LOSSES, Engine, Here, Processes
from issuer.errors import IssuerError, KeyRefused
from issuer.handover import letters
from issuer.handover.opening import Opening
from issuer.keys import leaving
from issuer.keys.derive import CampaignSecret
from issuer.keys.signer import SeedSigner
from issuer.publishing import issue, renewal
from voucher import activation

COUNT = 600  # three shards


def issue_with(engine: Engine, folder: Path, few: Catalogue) -> dict[str, bytes]:
    made = make_state(folder / "vault")
    issue.issue(
        made,
        few,
        make_campaign(few),
        people(COUNT),
        out=folder / "out",
        passphrase=PHRASE,
        now=NOW,
        links=folder / "links.csv",
        engine=engine,
    )
    made.close()
    return {**tree(folder / "out"), "links": (folder / "links.csv").read_bytes()}


class Dying(Here):
    """The seeded fault: the first shard's worker is killed, once, before it is done."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def run(self, work: Callable, shards: object) -> object:  # type: ignore[type-arg,override]
        def fatal(shard: object) -> object:
            try:
                self.mark.touch(exist_ok=False)
            except FileExistsError:
                return work(shard)
            return os.kill(os.getpid(), signal.SIGKILL)

        return Processes(2).run(fatal, shards)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def expected(few: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return issue_with(Here(), tmp_path_factory.mktemp("here"), few)


@pytest.mark.promise("P13")
def test_processes_give_the_bytes_of_one(few: Catalogue, tmp_path: Path, expected: dict[str, bytes]) -> None:
    assert issue_with(Processes(2), tmp_path, few) == expected


@pytest.mark.promise("P13")
def test_a_worker_killed_in_the_middle_changes_nothing(
    few: Catalogue, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    assert issue_with(Dying(tmp_path / "killed"), tmp_path, few) == expected
    assert (tmp_path / "killed").exists()


def test_results_come_in_the_order_of_shards() -> None:
    assert list(Processes(2).run(lambda shard: shard * 2, range(9))) == [2 * n for n in range(9)]


def test_a_shard_that_kills_every_worker_is_one_sentence(tmp_path: Path) -> None:
    def fatal(shard: int) -> int:
        if shard == 1:
            with (tmp_path / "deaths").open("a") as file:
                file.write("x")
            os.kill(os.getpid(), signal.SIGKILL)
        return shard

    with pytest.raises(IssuerError) as caught:
        list(Processes(1).run(fatal, range(3)))
    assert caught.value.code == "workers_lost"
    assert len((tmp_path / "deaths").read_text()) == MAX_LOSSES + 1


def test_what_a_shard_refuses_is_told_as_it_is() -> None:
    def refuse(shard: int) -> int:
        raise KeyRefused("key_absent", path=str(shard))

    with pytest.raises(KeyRefused) as caught:
        list(Processes(2).run(refuse, [7]))
    assert caught.value.facts == {"path": "7"}


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    program = """
import os, sys, time
from pathlib import Path
from issuer.cards.engines import Processes
def work(shard):
    Path(sys.argv[1], str(os.getpid())).touch()
    time.sleep(600)
list(Processes(2).run(work, [1, 2]))
"""
    started = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT)
    try:
        while len(list(tmp_path.iterdir())) < 2:
            assert started.poll() is None
    finally:
        started.kill()
        started.wait()
    for path in tmp_path.iterdir():
        stat = Path("/proc", path.name, "stat")
        while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
            pass


@pytest.mark.promise("P21")
def test_keys_leave_only_in_a_parcel_that_the_operator_allowed() -> None:
    held = {"secret": CampaignSecret(bytes(32)), "signer": SeedSigner(bytes(range(32)))}
    opened = leaving.pack(held).open()
    assert opened["secret"].identity() == held["secret"].identity()  # type: ignore[attr-defined]
    assert opened["signer"].sign(b"x") == held["signer"].sign(b"x")  # type: ignore[attr-defined]
    assert bytes(range(32)).hex() not in repr(leaving.pack(held))
    with pytest.raises(TypeError):
        import pickle

        pickle.dumps(held)


def test_publishing_by_processes_gives_the_same_bytes(few: Catalogue, tmp_path: Path) -> None:
    made = make_state(tmp_path / "vault")
    run(made, few, tmp_path / "out", people(20))
    before = tree(tmp_path / "out")
    for engine in (Here(), Processes(2)):
        renewal.publish(made, few, out=tmp_path / "out", passphrase=PHRASE, now=NOW, engine=engine)
        assert tree(tmp_path / "out") == before
    made.close()


def test_letters_are_set_by_processes_after_the_typesetter_ran_here() -> None:
    """Its threads do not live on in a forked process: it would wait for them for ever."""
    site = "https://carte.example/carte/"
    code = activation.grouped(activation.from_secret(5))
    someone = Opening(1, None, "Lina", "CEJ", RIGHT, code, f"{site}#{code}", site)
    work = partial(letters.named, form="letter", look=letters.Look("Le Bon Élan", "fr"))
    here = list(Here().run(work, [("a.pdf", [someone])]))
    assert list(Processes(1, fresh=True).run(work, [("a.pdf", [someone])])) == here
