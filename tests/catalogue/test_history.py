"""A published offer keeps its number and its name: compared with a real git repository."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from catalogue import examine_content
from catalogue.cli.main import offers
from catalogue.errors import Undecided
from catalogue.reading.cache import OfferCache
from catalogue.reading.history import PastOffer, past_offers
from cje.locales import LANGUAGES, messages

OFFER = "offers/place.yaml"
TODAY = date(2026, 11, 21)
ROOT = Path(__file__).resolve().parents[2]


def git(folder: Path, *arguments: str) -> None:
    names = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@a.example", "GIT_CONFIG_GLOBAL": os.devnull}
    committer = {
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@a.example",
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    command = ["git", "-C", str(folder), *arguments]
    subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, **names, **committer}, timeout=30
    )


def commit(content: Any) -> None:
    folder = content.root.parent
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")


def codes(content: Any, revision: str = "HEAD") -> list[tuple[str, str, str | None]]:
    found = examine_content(content.root, TODAY, past=past_offers(content.root, revision)).problems
    shown = [(problem.code, problem.path.rpartition("/")[2], problem.suggestion) for problem in found]
    memory = OfferCache.beside(content.root)
    memory.now_ns = lambda: 10**19
    for _ in range(2):
        again = examine_content(
            content.root, TODAY, memory, past=past_offers(content.root, revision)
        ).problems
        assert again == found, "with a memory the same is found"
    return shown


def rename(content: Any) -> None:
    (content.root / OFFER).rename(content.root / "offers/seance.yaml")


HAPPENINGS: dict[str, tuple[Callable[[Any], object], str, str | None]] = {
    "past-number-changed": (
        lambda content: content.replace(OFFER, ("number: 12", "number: 13")),
        "place.yaml",
        "12",
    ),
    "past-slug-changed": (rename, "seance.yaml", "place.yaml"),
    "past-offer-removed": (lambda content: (content.root / OFFER).unlink(), "place.yaml", None),
}


@pytest.mark.parametrize("code", sorted(HAPPENINGS))
@pytest.mark.parametrize("status", ["published", "retired"])
@pytest.mark.parametrize("committed", [True, False])
def test_a_promise_to_voucher_holders_is_kept(code: str, status: str, committed: bool, content: Any) -> None:
    content.replace(OFFER, ("status: published", f"status: {status}"))
    commit(content)
    happen, path, suggestion = HAPPENINGS[code]
    if code == "past-number-changed":
        content.replace(OFFER, ("status: published", f"status: {status}"), ("number: 12", "number: 13"))
    else:
        happen(content)
    if committed:
        commit(content)
    assert codes(content, "HEAD~1" if committed else "HEAD") == [(code, path, suggestion)]


@pytest.mark.parametrize("code", sorted(HAPPENINGS))
def test_a_draft_has_promised_nothing(code: str, content: Any) -> None:
    content.replace(OFFER, ("status: published", "status: draft"))
    commit(content)
    HAPPENINGS[code][0](content)
    assert codes(content) == []


def test_all_else_may_change(content: Any) -> None:
    commit(content)
    content.replace(
        OFFER, ("title: Une place", "title: Deux places"), ("status: published", "status: retired")
    )
    content.write("offers/autre.yaml", (content.root / OFFER).read_text().replace("number: 12", "number: 13"))
    assert codes(content) == []


def test_two_offers_that_swap_their_numbers_are_both_told(content: Any) -> None:
    content.write("offers/autre.yaml", (content.root / OFFER).read_text().replace("number: 12", "number: 13"))
    commit(content)
    content.replace(OFFER, ("number: 12", "number: 13"))
    content.write("offers/autre.yaml", (content.root / OFFER).read_text().replace("number: 13", "number: 12"))
    assert sorted(codes(content)) == [
        ("past-number-changed", "autre.yaml", "13"),
        ("past-number-changed", "place.yaml", "12"),
    ]


def test_a_file_that_is_faulty_today_is_not_called_removed(content: Any) -> None:
    commit(content)
    content.replace(OFFER, ("title: Une", "title Une"))
    assert [code for code, _, _ in codes(content)] == ["yaml-missing-colon"]


def test_an_old_file_that_could_not_be_published_is_passed_over(content: Any) -> None:
    for name, text in {"a": "a: 'b\n", "b": "", "c": "[]", "d": "number: x\nstatus: published\n"}.items():
        content.write(f"offers/{name}.yaml", text)
    content.write("offers/e.yaml", b"\xff\xfe" * 9)
    content.write("offers/f.yaml", "number: 5\nstatus: published\n#" + "x" * 70_000)
    commit(content)
    for name in "abcdef":
        (content.root / f"offers/{name}.yaml").unlink()
    assert past_offers(content.root, "HEAD") == ()


def test_a_name_with_accents_or_line_ends_does_not_shift_the_others(content: Any) -> None:
    content.write("offers/à\nb.yaml", "number: 7\nstatus: published\n")
    content.write("offers/é.yaml", "number: 8\nstatus: published\n")
    commit(content)
    for path in (content.root / "offers").iterdir():
        path.unlink()
    assert past_offers(content.root, "HEAD") == (PastOffer("place", 12), PastOffer("é", 8))


@pytest.mark.parametrize("revision", ["nulle-part", "--output=x", "HEAD~9", "HEAD:content", ""])
def test_a_revision_that_is_not_there_is_told_and_nothing_is_decided(revision: str, content: Any) -> None:
    commit(content)
    with pytest.raises(Undecided, match=r"n'existe pas dans ce dépôt") as caught:
        past_offers(content.root, revision)
    assert caught.value.exit_code == 3


def test_outside_a_repository_the_comparison_is_undecided(
    content: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(content.root.parent.parent))
    with pytest.raises(Undecided, match="n'est pas dans un dépôt git"):
        past_offers(content.root, "HEAD")


def test_without_git_the_check_works_and_the_comparison_says_what_is_missing(
    content: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    arguments = ["check", "--content", str(content.root), "--date", "2026-11-21"]
    assert CliRunner().invoke(offers, arguments).exit_code == 0
    result = CliRunner().invoke(offers, [*arguments, "--against", "HEAD"])
    assert isinstance(result.exception, Undecided) and "git, qui n'est pas" in result.exception.sentence


def test_from_a_real_shell(content: Any) -> None:
    commit(content)
    rename(content)
    command = [sys.executable, "-m", "cje", "offers", "check", "--against", "HEAD"]
    done = subprocess.run(command, cwd=content.root.parent, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "content/offers/seance.yaml:1:9 erreur" in done.stdout
    done = subprocess.run(
        [*command[:-1], "jamais"], cwd=content.root.parent, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 3 and "Traceback" not in done.stderr


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_of_the_past_has_its_case(lang: str) -> None:
    keys = {key.split(".")[1] for key in messages("catalogue", lang) if key.startswith("problems.past-")}
    assert keys == HAPPENINGS.keys()
