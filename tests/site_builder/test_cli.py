"""`cje site` as an operator meets it: a result, or one sentence and an exit code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from built_site import DAY, ROOT, tree


def cje(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cje", "site", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def build_in(out: Path, *more: str | Path) -> subprocess.CompletedProcess[str]:
    return cje("build", "--content", ROOT / "content", "--out", out, "--day", str(DAY), *more)


def one_sentence(run: subprocess.CompletedProcess[str]) -> str:
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    assert len(run.stderr.strip().splitlines()) == 1
    return run.stderr.strip()


def test_builds_tells_and_checks(tmp_path: Path) -> None:
    out = tmp_path / "public"
    first = build_in(out, "--json")
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert told["pages"] > 100 and told["files"] == len(told["written"]) and not told["trust"]
    again = build_in(out)
    assert "0 fichiers écrits" in again.stdout
    checked = cje("check", "--out", out, "--json")
    assert (checked.returncode, json.loads(checked.stdout)["findings"]) == (0, [])


def test_the_check_tells_what_is_broken(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "public"
    shutil.copytree(built, out)
    (out / "partenaires" / "index.html").unlink()
    filler = "".join(sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(1_500))
    home = out / "index.html"
    home.write_text(
        home.read_text(encoding="utf-8")
        .replace("</main>", '<img src="https://cdn.example/x.png"><p style="color:red" id="besoins"></main>')
        .replace("</main>", f"<!-- {filler} --></main>"),
        encoding="utf-8",
    )
    run = cje("check", "--out", out)
    assert run.returncode == 1
    for fault in ("ne mène nulle part", "autre origine", "style en ligne", "besoins", "le budget est de"):
        assert fault in run.stdout


@pytest.mark.parametrize("command", ["serve", "check"])
def test_nothing_built_is_a_sentence(command: str, tmp_path: Path) -> None:
    assert "cje site build" in one_sentence(cje(command, "--out", tmp_path))


def test_a_foreign_folder_is_a_sentence_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"mine")
    assert "photo.jpg" in one_sentence(build_in(tmp_path))
    assert tree(tmp_path) == {"photo.jpg": b"mine"}


def test_missing_content_is_a_sentence(tmp_path: Path) -> None:
    run = cje("build", "--content", tmp_path / "nothing", "--out", tmp_path / "public")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr and run.stderr.strip()
    assert not (tmp_path / "public").exists()


def test_a_root_that_is_not_one_is_a_sentence(tmp_path: Path) -> None:
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "root.1.cbor").write_bytes(b"\xd8\x62not a root")
    assert "root.1.cbor" in one_sentence(build_in(tmp_path / "public", "--trust", trust))
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize("day", ["2026-02-30", "21/11/2026", "demain"])
def test_a_day_that_does_not_exist_is_a_usage_error(day: str, tmp_path: Path) -> None:
    run = cje("build", "--content", ROOT / "content", "--out", tmp_path / "public", "--day", day)
    assert run.returncode == 2
    assert not (tmp_path / "public").exists()
